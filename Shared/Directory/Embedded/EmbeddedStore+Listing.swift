import Model
import SQL

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

    /// Reads one row.
    public func check() async throws(StoreError) {
        _ = try await read { connection in try connection.query("SELECT 1 FROM accounts LIMIT 1") }
    }

    /// Records with their groups.
    func accounts(of records: [AccountRecord], _ connection: any Connection) throws -> [DirectoryAccount] {
        let groups = try GroupTable.names(of: records.map(\.entry), connection)
        let now = clock.now()
        return try records.map { try $0.account(of: id, groups: groups[$0.entry] ?? [], at: now) }
    }
}
