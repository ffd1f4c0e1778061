import Model

extension ActiveDirectoryStore {
    /// Tells what has changed by the numbers of a domain controller's writes (`uSNChanged`, MS-ADTS §3.1.1.1.9): which
    /// entries were written since, and then those entries as they are. What is no account of this store then is gone:
    /// deleted, moved out of the base, or made something else. A full read is no more than the writes since the first:
    /// whatever happens to an account that was told already gets a higher number and is told again.
    ///
    /// Everything is told when the cookie is of another database, and every time while the service account may not see
    /// deleted entries. Changes of groups do not show as changes of their members.
    public func synchronize(
        after cookie: SyncCookie?, receive: @Sendable (SyncEvent) async throws -> Void
    ) async throws {
        let source = try await read { (reader) throws(LDAPFailure) in try reader.changeSource() }
        var position = source.start(cookie.flatMap { ChangeCookie($0) })
        var window = ChangeWindow(after: position.usn, most: answerSize)
        while true {
            let wanted = window
            let page = try await read { (reader) throws(LDAPFailure) in
                try reader.changes(in: wanted, most: answerSize, of: source)
            }
            guard let ids = page.written else {
                window.narrow(page.highest)
                continue
            }
            try await tell(ids, source, receive)
            guard let end = wanted.end(page.highest) else {
                let reached = ChangeCookie(invocation: source.invocation, usn: page.highest, isFull: false)
                return try await receive(.finished(reached.cookie, othersAreGone: position.isFull))
            }
            window.move(past: end, found: ids.count)
            position.usn = end
            if !ids.isEmpty { try await receive(.reached(position.cookie)) }
        }
    }

    private func tell(
        _ ids: [ObjectGUID], _ source: ChangeSource, _ receive: @Sendable (SyncEvent) async throws -> Void
    ) async throws {
        for start in stride(from: 0, to: ids.count, by: AccountQuery.batch) {
            let batch = Array(ids[start..<min(start + AccountQuery.batch, ids.count)])
            let found = try await read { (reader) throws(LDAPFailure) in
                try reader.expect(source)
                return try accounts(of: try reader.people(batch), reader)
            }
            let present = Set(found.map(\.id))
            let gone = batch.compactMap { AccountID(store: id, entry: $0.text) }.filter { !present.contains($0) }
            if !found.isEmpty { try await receive(.changed(found)) }
            if !gone.isEmpty { try await receive(.removed(gone)) }
        }
    }
}

/// The database changes are read from.
struct ChangeSource: Sendable {
    /// The domain controller's own entry.
    let service: String
    let invocation: ObjectGUID
    let highest: UInt64
    /// Whether the service account may see what was deleted.
    let showsDeleted: Bool

    /// Where a run begins: at a cookie of this database, unless it is one from a future the database has lost.
    func start(_ known: ChangeCookie?) -> ChangeCookie {
        if let known, known.invocation == invocation, known.usn <= highest, showsDeleted || known.isFull {
            return known
        }
        return ChangeCookie(invocation: invocation, usn: 0, isFull: true)
    }
}

/// What was written in a window.
struct ChangePage: Sendable {
    /// The entries; `nil` when there were too many for one answer.
    let written: [ObjectGUID]?
    /// The domain controller's last write before it looked.
    let highest: UInt64
}

extension DomainReader {
    /// Shows deleted entries too (LDAP_SERVER_SHOW_DELETED_OID, MS-ADTS §3.1.1.3.4.1.14).
    private static let showDeleted = LDAPControl("1.2.840.113556.1.4.417", isCritical: true)

    /// What the connection's domain controller reads changes from.
    func changeSource() throws(LDAPFailure) -> ChangeSource {
        let root = try rootDSE()
        let service = try entry(root.service, ["invocationId"])
        guard let invocation = service?.values("invocationId").first.flatMap({ ObjectGUID(bytes: $0) }) else {
            throw .malformed("the domain controller does not tell the id of its database")
        }
        // Without the right it may show, but without anything in it.
        let deleted = try entry(
            "CN=Deleted Objects," + root.domain, ["objectClass"], controls: [Self.showDeleted])
        return ChangeSource(
            service: root.service, invocation: invocation, highest: root.highestUSN,
            showsDeleted: deleted?.values("objectClass").isEmpty == false)
    }

    /// Throws when another domain controller answers than the one a run began with.
    func expect(_ source: ChangeSource) throws(LDAPFailure) {
        guard try rootDSE().service == source.service else {
            throw .unreachable("another domain controller answers in the middle of a run")
        }
    }

    /// The users, live and deleted, that were written in a window. The whole domain is looked at: who moved out of the
    /// base is to be told of.
    func changes(
        in window: ChangeWindow, most: Int32, of source: ChangeSource
    ) throws(LDAPFailure) -> ChangePage {
        try expect(source)
        let root = try rootDSE()
        var filter: [LDAPFilter] = [
            .equals("objectClass", "user"), .not(.equals("objectClass", "computer")),
            .greaterOrEqual("uSNChanged", Array(String(window.from).utf8)),
        ]
        if let end = window.end(root.highestUSN) { filter.append(.lessOrEqual("uSNChanged", Array(String(end).utf8))) }
        let search = LDAPSearch(
            base: root.domain, filter: .and(filter), attributes: ["objectGUID"], sizeLimit: most,
            controls: [Self.showDeleted])
        guard let entries = try entriesUnlessCut(search) else {
            return ChangePage(written: nil, highest: root.highestUSN)
        }
        let ids = entries.compactMap { $0.values("objectGUID").first.flatMap { ObjectGUID(bytes: $0) } }
        return ChangePage(written: ids, highest: root.highestUSN)
    }
}
