import Model
import SQL
import TextFolding

extension EmbeddedStore {
    /// Reads one account.
    public func account(_ entry: AccountID) async throws(StoreError) -> DirectoryAccount? {
        try await accounts([entry]).first
    }

    /// Reads the account of a login.
    public func account(login: String) async throws(StoreError) -> DirectoryAccount? {
        guard let login = Login(login) else { return nil }
        return try await read { connection in
            try self.accounts(of: [AccountTable.find(login: login, connection)].compactMap { $0 }, connection).first
        }
    }

    /// Reads several accounts in two queries; those of other stores are left out.
    public func accounts(_ entries: [AccountID]) async throws(StoreError) -> [DirectoryAccount] {
        let own = entries.filter { $0.store == id }.map(\.entry)
        guard !own.isEmpty else { return [] }
        return try await read { connection in
            try self.accounts(of: AccountTable.find(entries: own, connection), connection)
        }
    }

    /// Lists accounts ordered by folded display name, then entry id.
    public func page(
        matching: String?, after cursor: String?, limit: Int
    ) async throws(StoreError) -> AccountPage {
        var position: PageCursor?
        if let cursor {
            guard let parsed = PageCursor(cursor) else { throw .invalidCursor }
            position = parsed
        }
        let match = TextFolding.search(matching ?? "")
        let from = position
        return try await read { connection in
            var rows = try AccountTable.rows(
                from: from, match: match, limit: min(max(limit, 1), 1_000), connection)
            if from?.direction == .backward { rows.reverse() }
            return AccountPage(
                accounts: try self.accounts(of: rows, connection),
                next: try self.cursor(.forward, from: rows.last, match: match, connection),
                previous: try self.cursor(.backward, from: rows.first, match: match, connection),
                total: try AccountTable.count(match: match, connection))
        }
    }

    /// Reads one row.
    public func check() async throws(StoreError) {
        _ = try await read { connection in try connection.query("SELECT 1 FROM accounts LIMIT 1") }
    }

    /// The cursor past a row, where there is something.
    private func cursor(
        _ direction: PageCursor.Direction, from record: AccountRecord?, match: String, _ connection: any Connection
    ) throws -> String? {
        guard let record else { return nil }
        let cursor = PageCursor(direction, from: record)
        return try AccountTable.rows(from: cursor, match: match, limit: 1, connection).isEmpty ? nil : cursor.text
    }

    /// Records with their groups.
    func accounts(of records: [AccountRecord], _ connection: any Connection) throws -> [DirectoryAccount] {
        let groups = try GroupTable.names(of: records.map(\.entry), connection)
        let now = clock.now()
        return try records.map { try $0.account(of: id, groups: groups[$0.entry] ?? [], at: now) }
    }
}
