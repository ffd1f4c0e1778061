import Model
import StrictJSON

extension EntraIDStore {
    /// A page of a delta query with all the accounts on it; longer than a call on behalf of a person may take, because
    /// Graph makes readers of everything wait.
    private static var pageDeadline: Duration { .seconds(300) }

    /// Follows a delta query ("Get incremental changes for users") page by page.
    ///
    /// Graph tells at least what has changed of a user, maybe not more, and nothing of groups: what it names is read anew.
    public func synchronize(
        after cookie: SyncCookie?, receive: @Sendable (SyncEvent) async throws -> Void
    ) async throws {
        var place = cookie.flatMap { DeltaPlace($0, of: graph.url) } ?? .beginning
        while true {
            let deadline = CallDeadline(after: Self.pageDeadline)
            guard let page = try await page(at: place, within: deadline) else {
                guard place != .beginning else {
                    throw StoreError.malformed("Microsoft Graph wants a full read of a full read")
                }
                place = .beginning
                continue
            }
            try await tell(page, within: deadline, receive)
            if let next = page.next {
                place = DeltaPlace(link: next, isFullRead: place.isFullRead)
                try await receive(.reached(place.cookie))
            } else if let delta = page.delta {
                let wasFullRead = place.isFullRead
                place = DeltaPlace(link: delta, isFullRead: false)
                return try await receive(.finished(place.cookie, othersAreGone: wasFullRead))
            } else {
                throw StoreError.malformed("a delta query of Microsoft Graph ends without a link")
            }
        }
    }

    /// `nil` when Graph does not know the place anymore.
    private func page(at place: DeltaPlace, within deadline: CallDeadline) async throws(StoreError) -> GraphPage? {
        let request: GraphRequest
        if let link = place.link {
            request = .get(link)
        } else {
            request = .get(GraphPath.delta(selecting: EntraIDUser.tracked(settings)))
        }
        let answer = try await graph.send(request, within: deadline)
        switch answer.status {
        case 200...299: return try GraphPage(answer.body, of: graph.url)
        default:
            let error = answer.error
            guard error.wantsFullRead else { throw error.forReading }
            return nil
        }
    }

    private func tell(
        _ page: GraphPage, within deadline: CallDeadline, _ receive: @Sendable (SyncEvent) async throws -> Void
    ) async throws {
        // Somebody can be on a page more than once; what is there now decides.
        var ids: Set<ObjectID> = []
        for value in page.values {
            guard let id = value["id"]?.stringValue.flatMap({ ObjectID($0) }) else {
                throw StoreError.malformed("a change without an object id")
            }
            ids.insert(id)
        }
        guard !ids.isEmpty else { return }
        let found = try await accounts(of: Array(ids), within: deadline)
        if !found.isEmpty { try await receive(.changed(found)) }
        let there = Set(found.map(\.id.entry))
        let gone = ids.filter { !there.contains($0.text) }.compactMap { AccountID(store: id, entry: $0.text) }
        if !gone.isEmpty { try await receive(.removed(gone)) }
    }
}

/// Where a delta query stands.
private struct DeltaPlace: Equatable {
    /// `nil`: at the beginning.
    let link: GraphLink?
    /// Whether everything is being read, rather than what has changed.
    let isFullRead: Bool

    static let beginning = DeltaPlace(link: nil, isFullRead: true)

    init(link: GraphLink?, isFullRead: Bool) {
        self.link = link
        self.isFullRead = isFullRead
    }

    /// Reads what ``cookie`` has written; `nil` for anything else, for another host's too.
    init?(_ cookie: SyncCookie, of graphURL: String) {
        guard let first = cookie.bytes.first, first == Self.full || first == Self.increment,
            let text = String(validating: cookie.bytes.dropFirst(), as: UTF8.self),
            let link = GraphLink(text, of: graphURL)
        else { return nil }
        self.init(link: link, isFullRead: first == Self.full)
    }

    var cookie: SyncCookie {
        SyncCookie([isFullRead ? Self.full : Self.increment] + Array((link?.url ?? "").utf8))
    }

    private static let full = UInt8(ascii: "f")
    private static let increment = UInt8(ascii: "i")
}
