import Model

extension LDAPStore {
    /// Entries of one event, of one page, and of one wait for the server.
    private static let batch = 500

    /// Tells what has changed: by content synchronization (RFC 4533) where the server has it, so that deletes, moves and
    /// renames are told by the id; by reading everything page by page (RFC 2696) where it has not.
    ///
    /// A server that does not know the cookie anymore is asked for everything. Groups are left out: an index does not
    /// show them, and what they decide is decided on a live account.
    public func synchronize(
        after cookie: SyncCookie?, receive: @Sendable (SyncEvent) async throws -> Void
    ) async throws {
        let features = features
        let known = try await read { (connection, deadline) throws(LDAPFailure) in
            try features.controls(connection, deadline)
        }
        guard schema.vendor == .openLDAP, known.contains(ContentSynchronization.request) else {
            return try await readEverything(receive)
        }
        let last = cookie.flatMap { LDAPSyncCookie($0) }.flatMap { $0.scope == scope ? $0.server : nil }
        if let last, try await refresh(after: last, receive) { return }
        guard try await refresh(after: nil, receive) else {
            throw StoreError.unavailable("The directory does not send everything.")
        }
    }

    /// What the cookie of a run was given for.
    private var scope: String { [settings.server.base, schema.isPerson.text, schema.id.text].joined(separator: " ") }

    /// One run; `false` when the server wants to begin anew.
    private func refresh(
        after cookie: [UInt8]?, _ receive: (SyncEvent) async throws -> Void
    ) async throws -> Bool {
        var run = SyncRun()
        let stream = try await open(search([ContentSynchronization.request(cookie: cookie)]))
        while true {
            let items = try await next(stream)
            for item in items {
                try take(item, &run)
                if case .done(let result) = item {
                    // RFC 4533 §3.5; OpenLDAP refuses a cookie newer than its data, or of another database, like this.
                    let isStale: Set<LDAPResultCode> = [.syncRefreshRequired, .protocolError, .unwillingToPerform]
                    if cookie != nil, isStale.contains(result.code) { return false }
                    guard result.code == .success else { throw Self.unsynchronized(result) }
                    try await tell(try await accounts(listed: run.changed), run, receive)
                    let next = LDAPSyncCookie(scope: scope, server: run.done.cookie).cookie
                    let othersAreGone = cookie == nil || !run.done.namedDeletes || run.sawPresentEnd
                    try await receive(.finished(next, othersAreGone: othersAreGone))
                    return true
                }
            }
            try await tell(try await accounts(listed: run.changed), run, receive)
            run.startBatch()
        }
    }

    private static func unsynchronized(_ result: LDAPResult) -> StoreError {
        let isLimit = result.code == .sizeLimitExceeded || result.code == .timeLimitExceeded
        let hint = isLimit ? "; the service account needs limits without size and time" : ""
        return .unavailable("The directory does not synchronize: \(result.description)\(hint)")
    }

    private func take(_ item: LDAPSearchItem, _ run: inout SyncRun) throws {
        do throws(BERError) {
            switch item {
            case .entry(let entry): run.take(entry, try ContentSynchronization.state(of: entry))
            case .intermediate(let id, let value): run.take(try ContentSynchronization.info(id: id, value: value))
            case .done(let result): run.done = try ContentSynchronization.done(result.controls)
            case .reference: break
            }
        } catch {
            throw StoreError.malformed("A message of the synchronization cannot be read.")
        }
    }

    private func tell(
        _ changed: [DirectoryAccount], _ run: SyncRun, _ receive: (SyncEvent) async throws -> Void
    ) async throws {
        // An entry that is no account anymore, without a login for example, is gone for the index.
        let listed = Set(changed.map(\.id))
        let gone = accountIDs(run.gone + run.changed.compactMap { $0.text(schema.id) }).filter { !listed.contains($0) }
        let same = accountIDs(run.same)
        if !changed.isEmpty { try await receive(.changed(changed)) }
        if !same.isEmpty { try await receive(.unchanged(same)) }
        if !gone.isEmpty { try await receive(.removed(gone)) }
    }

    /// For servers without content synchronization: everything, every time.
    private func readEverything(_ receive: (SyncEvent) async throws -> Void) async throws {
        var cookie: [UInt8] = []
        let stream = try await open(search([PagedResults.request(size: Int32(Self.batch), cookie: [])]))
        while true {
            var entries: [LDAPEntry] = []
            var end: LDAPResult?
            while end == nil {
                for item in try await next(stream) {
                    switch item {
                    case .entry(let entry): entries.append(entry)
                    case .done(let result): end = result
                    case .reference, .intermediate: break
                    }
                }
            }
            guard let end, end.code == .success else {
                throw StoreError.unavailable("The directory does not list: \(end?.description ?? "")")
            }
            let accounts = try await accounts(listed: entries)
            if !accounts.isEmpty { try await receive(.changed(accounts)) }
            do throws(BERError) {
                cookie = try PagedResults.cookie(in: end.controls) ?? []
            } catch {
                throw StoreError.malformed("The cookie of a page cannot be read.")
            }
            if cookie.isEmpty { return try await receive(.finished(SyncCookie([]), othersAreGone: true)) }
            try await begin(search([PagedResults.request(size: Int32(Self.batch), cookie: cookie)]), on: stream)
        }
    }

    private func search(_ controls: [LDAPControl]) -> LDAPSearch {
        LDAPSearch(
            base: settings.server.base, filter: schema.isPerson, attributes: schema.accountAttributes,
            controls: controls)
    }

    private func accountIDs(_ ids: [String]) -> [AccountID] { ids.compactMap { AccountID(store: id, entry: $0) } }

    private func accounts(listed entries: [LDAPEntry]) async throws(StoreError) -> [DirectoryAccount] {
        guard !entries.isEmpty else { return [] }
        return try await read { [self] (connection, deadline) throws(LDAPFailure) in
            var accounts: [DirectoryAccount] = []
            for entry in entries {
                if let account = try listed(entry, connection, deadline) { accounts.append(account) }
            }
            return accounts
        }
    }
}

// Streams, with this store's errors
extension LDAPStore {
    private func open(_ search: LDAPSearch) async throws(StoreError) -> LDAPSearchStream {
        do throws(LDAPFailure) { return try await pool.stream(search) } catch { throw StoreError(reading: error) }
    }

    private func begin(_ search: LDAPSearch, on stream: LDAPSearchStream) async throws(StoreError) {
        do throws(LDAPFailure) { try await stream.begin(search) } catch { throw StoreError(reading: error) }
    }

    private func next(_ stream: LDAPSearchStream) async throws(StoreError) -> [LDAPSearchItem] {
        do throws(LDAPFailure) { return try await stream.next(atMost: Self.batch) } catch {
            throw StoreError(reading: error)
        }
    }
}

/// What a run has been told since the last event, and what counts for its end.
private struct SyncRun {
    var changed: [LDAPEntry] = []
    var same: [String] = []
    var gone: [String] = []
    var sawPresentEnd = false
    var done = ContentSynchronization.Done()

    mutating func startBatch() { (changed, same, gone) = ([], [], []) }

    mutating func take(_ entry: LDAPEntry, _ state: (state: ContentSynchronization.State, id: String)?) {
        switch state?.state {
        case .add, .modify: changed.append(entry)
        case .present: same += [state?.id].compactMap { $0 }
        case .delete: gone += [state?.id].compactMap { $0 }
        case nil: break
        }
    }

    mutating func take(_ info: ContentSynchronization.Info) {
        switch info {
        case .ids(let ids, true): gone += ids
        case .ids(let ids, false): same += ids
        case .presentEnded: sawPresentEnd = true
        case .other: break
        }
    }
}
