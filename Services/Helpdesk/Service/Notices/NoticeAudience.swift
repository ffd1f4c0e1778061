import Directory
import Model
import SQL

/// Those chosen, in the order of their ids: a place in that order stays what it is while people are renamed or moved, so
/// nobody is met twice and nobody who stays is missed.
struct NoticeAudience: Sendable {
    let recipients: UserSelection

    /// Somebody who may be written to, as the index has them.
    struct Candidate: Sendable, Equatable {
        let id: AccountID
        let login: String
        let name: String
        let mail: String?
        /// The languages they prefer, as their directory states them.
        let language: String?
        let isDisabled: Bool
        let types: Int64
    }

    /// Some of those chosen.
    struct Page: Sendable {
        var candidates: [Candidate] = []
        /// The chosen who are not in the index.
        var missing = 0
        /// Where to go on; `nil` at the end.
        var last: AccountID?
    }

    func page(after position: AccountID?, limit: Int, _ connection: any Connection) throws -> Page {
        switch recipients {
        case .ticked(let users): try ticked(users, position, limit, connection)
        case .listed(let query, let except): try listed(query, except, position, limit, connection)
        }
    }

    private func ticked(
        _ users: [AccountID], _ position: AccountID?, _ limit: Int, _ connection: any Connection
    ) throws -> Page {
        let rest = Set(users).sorted { $0.text < $1.text }.drop { user in position.map { user.text <= $0.text } ?? false
        }
        let part = Array(rest.prefix(limit))
        var page = Page(last: part.last)
        for (store, users) in Dictionary(grouping: part, by: \.store) {
            page.candidates += try candidates(users.map(\.entry), of: store, connection)
        }
        page.missing = part.count - page.candidates.count
        return page
    }

    private func listed(
        _ query: UserQuery, _ except: Set<AccountID>, _ position: AccountID?, _ limit: Int,
        _ connection: any Connection
    ) throws -> Page {
        for store in Set(query.stores).sorted(by: { $0.text < $1.text }) {
            var after = ""
            if let position {
                if store.text < position.store.text { continue }
                if store == position.store { after = position.entry }
            }
            let filter = AccountFilter(query, stores: [store])
            let found = try SearchTable(filter: filter, connection: connection)
                .candidates(of: store, after: after, limit: limit)
            guard let last = found.last else { continue }
            return Page(candidates: found.filter { !except.contains($0.id) }, last: last.id)
        }
        return Page()
    }

    private func candidates(
        _ entries: [String], of store: StoreID, _ connection: any Connection
    ) throws -> [Candidate] {
        var found: [Candidate] = []
        for part in Places.padded(entries.map(SQLValue.text)) {
            found += try connection.query(
                """
                SELECT \(Candidate.columns) FROM indexed_accounts a
                WHERE a.present = 1 AND a.store = $1 AND a.entry IN (\(Places.list(from: 2, count: part.count)))
                """, [SQLValue(store)] + part
            ).map { try Candidate($0, in: store) }
        }
        return found
    }
}

extension SearchTable {
    /// Accounts of one store that match, in order of entry, after one.
    fileprivate func candidates(
        of store: StoreID, after entry: String, limit: Int
    ) throws -> [NoticeAudience.Candidate] {
        try avoid(["seqscan", "bitmapscan", "sort"])
        var sql = SQLText("SELECT \(NoticeAudience.Candidate.columns) FROM indexed_accounts a")
        sql.add(" WHERE a.present = 1 AND a.entry > ")
        sql.value(.text(entry))
        restrict(&sql, from: nil, "a")
        sql.add(" ORDER BY a.store, a.entry LIMIT ")
        sql.value(SQLValue(limit))
        return try connection.query(sql.text, sql.parameters).map { try NoticeAudience.Candidate($0, in: store) }
    }
}

extension NoticeAudience.Candidate {
    fileprivate static let columns = "a.entry, a.login, a.name, a.mail, a.language, a.disabled, a.types"

    fileprivate init(_ row: Row, in store: StoreID) throws {
        id = try row.parsed(0) { AccountID(store: store, entry: $0) }
        login = try row.text(1)
        name = try row.text(2)
        mail = try row.optionalText(3)
        language = try row.optionalText(4)
        isDisabled = try row.bool(5)
        types = try row.integer(6)
    }
}
