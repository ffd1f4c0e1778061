import Model
import SQL
import StrictJSON

/// The `links` table: which account's enrollment serves which other accounts of the same person.
public enum LinkStore {
    /// The master of an account: the account itself where it is not linked.
    static func master(of account: AccountID, _ connection: any Connection) throws -> AccountID {
        try connection.query("SELECT master FROM links WHERE account = $1", [.text(account.text)])
            .first.map { try $0.parsed(0) { AccountID($0) } } ?? account
    }

    /// Every account of the person this one belongs to, itself included.
    static func samePerson(as account: AccountID, _ connection: any Connection) throws -> Set<AccountID> {
        try accounts(ofMaster: master(of: account, connection), connection).union([account])
    }

    /// Every account of the person, the master included.
    static func accounts(ofMaster master: AccountID, _ connection: any Connection) throws -> Set<AccountID> {
        let rows = try connection.query("SELECT account FROM links WHERE master = $1", [.text(master.text)])
        return Set(try rows.map { try $0.parsed(0) { AccountID($0) } }).union([master])
    }

    /// The link of an account; `nil` where it is not linked.
    static func find(_ account: AccountID, _ connection: any Connection) throws -> AccountLink? {
        try connection.query("SELECT account, master, linked_at FROM links WHERE account = $1", [.text(account.text)])
            .first.map(link)
    }

    /// Every link to a master, in the order of the accounts.
    static func all(toMaster master: AccountID, _ connection: any Connection) throws -> [AccountLink] {
        try connection.query(
            "SELECT account, master, linked_at FROM links WHERE master = $1 ORDER BY account", [.text(master.text)]
        ).map(link)
    }

    /// Links an account to its master; answers whether that is new.
    ///
    /// What it looks at can change under another replica: the caller's transaction holds the lock of the history's chain.
    ///
    /// - Throws: ``LinkObstacle``.
    public static func link(
        _ account: AccountID, to master: AccountID, at now: Timestamp, _ connection: any Connection
    ) throws -> Bool {
        guard account != master else { throw LinkObstacle.itself }
        if let known = try find(account, connection) {
            guard known.master == master else { throw LinkObstacle.linkedElsewhere }
            return false
        }
        guard try find(master, connection) == nil else { throw LinkObstacle.masterIsLinked }
        guard try all(toMaster: account, connection).isEmpty else { throw LinkObstacle.accountIsMaster }
        guard try EnrollmentStore.all(of: account, connection).isEmpty else { throw LinkObstacle.accountIsEnrolled }
        return try connection.execute(
            "INSERT INTO links (account, master, linked_at) VALUES ($1, $2, $3) ON CONFLICT (account) DO NOTHING",
            [.text(account.text), .text(master.text), SQLValue(now)]) == 1
    }

    /// Removes the link of an account; `false` when somebody else has.
    static func unlink(_ account: AccountID, _ connection: any Connection) throws -> Bool {
        try connection.execute("DELETE FROM links WHERE account = $1", [.text(account.text)]) == 1
    }

    /// What the history says of a link besides the linked account.
    public static func historyDetail(master: AccountID) -> [JSONMember] {
        [JSONMember(name: "master", value: .string(master.text))]
    }

    private static func link(_ row: Row) throws -> AccountLink {
        AccountLink(
            account: try row.parsed(0) { AccountID($0) }, master: try row.parsed(1) { AccountID($0) },
            linkedAt: try row.timestamp(2))
    }
}

/// One account whose person is proved by another account's enrollment.
struct AccountLink: Sendable, Equatable {
    let account: AccountID
    /// The account whose enrollment serves it.
    let master: AccountID
    let linkedAt: Timestamp
}

/// Why two accounts cannot be linked.
public enum LinkObstacle: String, Error, CaseIterable, Sendable {
    /// They are one account.
    case itself
    /// The account is linked to another master.
    case linkedElsewhere
    /// The master is linked to another account itself: there are no chains.
    case masterIsLinked
    /// The account is the master of others: there are no chains.
    case accountIsMaster
    /// The account has enrollments of its own, which would silently stop to count.
    case accountIsEnrolled

    /// The obstacle in words for an administrator.
    public var sentence: String {
        switch self {
        case .itself: "An account cannot be linked to itself."
        case .linkedElsewhere: "The account is linked to another master. Remove that link first."
        case .masterIsLinked: "The master is linked to another account itself. Link to that one."
        case .accountIsMaster: "Other accounts are linked to the account. Link them to the new master first."
        case .accountIsEnrolled:
            "The account has enrollments of its own, which would no longer count. Unenroll it first, or make it the master."
        }
    }
}
