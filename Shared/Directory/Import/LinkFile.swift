import Model

/// Accounts of one person in several stores, as `links.csv` names them:
/// `masterStore,masterLogin,store,login`. The enrolled one is the master and its policy serves all.
public struct LinkFile: Sendable, Equatable {
    /// One account and the master it belongs to.
    public struct Link: Sendable, Equatable {
        /// The line of the file, for problems found later.
        public let line: Int
        /// The master account.
        public let master: Member
        /// The account that is linked to it.
        public let linked: Member
    }

    /// An account by its login, before the store has been asked for its id.
    public struct Member: Sendable, Hashable {
        /// The account's store.
        public let store: StoreID
        /// The login in that store.
        public let login: String
    }

    /// The links, in the order of the file.
    public let links: [Link]

    /// Reads a file and finds every problem in it: malformed ids, an account linked twice or to itself, a master that is
    /// linked to another master.
    ///
    /// - Throws: ``ImportError/invalid(_:)``.
    public static func parse(_ bytes: [UInt8], file: String = "links.csv") throws(ImportError) -> LinkFile {
        var table = ImportTable(
            file: file, bytes: bytes, required: ["masterStore", "masterLogin", "store", "login"])
        let links = table.rows.compactMap { link(of: $0, in: &table) }
        checkShape(of: links, in: &table)
        guard table.problems.isEmpty else { throw .invalid(table.problems) }
        return LinkFile(links: links)
    }

    private static func link(of row: ImportTable.Row, in table: inout ImportTable) -> Link? {
        let master = member(of: row, "masterStore", "masterLogin", in: &table)
        let linked = member(of: row, "store", "login", in: &table)
        guard let master, let linked else { return nil }
        return Link(line: row.line, master: master, linked: linked)
    }

    private static func member(
        of row: ImportTable.Row, _ storeColumn: String, _ loginColumn: String, in table: inout ImportTable
    ) -> Member? {
        let store = row[storeColumn].flatMap { StoreID($0) }
        if store == nil { table.report(row.line, storeColumn, "This is not the id of a store.") }
        let login = row[loginColumn].flatMap { Login($0) }
        if login == nil { table.report(row.line, loginColumn, Login.rule) }
        guard let store, let login else { return nil }
        return Member(store: store, login: login.text)
    }

    private static func checkShape(of links: [Link], in table: inout ImportTable) {
        let masters = Set(links.map { folded($0.master) })
        var seen: Set<Member> = []
        for link in links {
            if folded(link.master) == folded(link.linked) {
                table.report(link.line, nil, "The account is linked to itself.")
            } else if masters.contains(folded(link.linked)) {
                table.report(link.line, nil, "The linked account is a master of others.")
            }
            if !seen.insert(folded(link.linked)).inserted {
                table.report(link.line, nil, "The account is linked twice.")
            }
        }
    }

    private static func folded(_ member: Member) -> Member {
        Member(store: member.store, login: Login(member.login)?.folded ?? member.login)
    }
}
