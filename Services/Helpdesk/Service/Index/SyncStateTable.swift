import Directory
import Model
import SQL

/// The `index_stores` table: how far each store has been read, and who is reading it.
///
/// Every claim is a turn with a number of its own; an account's row has the number of the turn that last told of it. A
/// run that was cut off after a cookie goes on in a later turn; its first turn is kept until it has finished.
enum SyncStateTable {
    /// How long a reader that says nothing is waited for.
    static let lease = Duration.seconds(120)

    /// Keeps others from changing a store's accounts until the transaction ends. In SQLite a writer is alone anyway.
    static func lock(_ store: StoreID, _ connection: any Connection) throws {
        guard connection.dialect == .postgres else { return }
        try insert(store, connection)
        _ = try connection.query(
            "SELECT turn FROM index_stores WHERE store = $1" + connection.dialect.forUpdate, [SQLValue(store)])
    }

    /// Begins a turn; `nil` while somebody else has one. What this owner claimed before is its own past: it has died.
    static func claim(
        _ store: StoreID, for owner: String, fromTheStart: Bool, at now: Timestamp, _ connection: any Connection
    ) throws -> SyncTurn? {
        try insert(store, connection)
        let reset = fromTheStart ? "cookie = NULL, first_turn = turn + 1, is_midway = 0," : ""
        let row = try connection.queryOne(
            """
            UPDATE index_stores SET \(reset.isEmpty
                ? "first_turn = CASE is_midway WHEN 1 THEN first_turn ELSE turn + 1 END," : reset)
                turn = turn + 1, lease_owner = $2, lease_until = $3
            WHERE store = $1 AND (lease_owner IS NULL OR lease_owner = $2 OR lease_until < $4)
            RETURNING turn, first_turn, cookie
            """, [SQLValue(store), .text(owner), SQLValue(now + lease), SQLValue(now)])
        return try row.map { row in
            SyncTurn(
                store: store, owner: owner, number: try row.integer(0), first: try row.integer(1),
                cookie: try row.optionalBlob(2).map { SyncCookie($0) })
        }
    }

    /// The turn goes on: its lease is longer, and the next one begins at the cookie, where there is one.
    ///
    /// - Throws: ``SyncError/turnIsOver`` when somebody else has claimed the store meanwhile.
    static func goOn(
        _ turn: SyncTurn, from cookie: SyncCookie?, at now: Timestamp, _ connection: any Connection
    ) throws {
        let progress = cookie == nil ? "" : "cookie = $5, is_midway = 1,"
        let count = try connection.execute(
            """
            UPDATE index_stores SET \(progress) lease_until = $4
            WHERE store = $1 AND lease_owner = $2 AND turn = $3
            """,
            [SQLValue(turn.store), .text(turn.owner), .integer(turn.number), SQLValue(now + lease)]
                + (cookie.map { [.blob($0.bytes)] } ?? []))
        guard count == 1 else { throw SyncError.turnIsOver }
    }

    /// The run is whole; the next one begins at the cookie.
    static func finish(
        _ turn: SyncTurn, at cookie: SyncCookie, now: Timestamp, _ connection: any Connection
    ) throws {
        let count = try connection.execute(
            """
            UPDATE index_stores SET cookie = $4, is_midway = 0, lease_owner = NULL, finished_at = $5
            WHERE store = $1 AND lease_owner = $2 AND turn = $3
            """,
            [
                SQLValue(turn.store), .text(turn.owner), .integer(turn.number), .blob(cookie.bytes), SQLValue(now),
            ])
        guard count == 1 else { throw SyncError.turnIsOver }
    }

    /// The turn ended before its run did.
    static func letGo(_ turn: SyncTurn, _ connection: any Connection) throws {
        _ = try connection.execute(
            "UPDATE index_stores SET lease_owner = NULL WHERE store = $1 AND lease_owner = $2 AND turn = $3",
            [SQLValue(turn.store), .text(turn.owner), .integer(turn.number)])
    }

    /// How long the time of the last run may be behind while a store has nothing new.
    static let rest = Duration.seconds(30)

    /// Where the last run ended, if it ended a moment ago, whole, and nobody is reading.
    static func atRest(
        _ store: StoreID, at now: Timestamp, _ connection: any Connection
    ) throws -> SyncCookie? {
        let row = try connection.queryOne(
            """
            SELECT cookie FROM index_stores
            WHERE store = $1 AND is_midway = 0 AND lease_owner IS NULL AND cookie IS NOT NULL AND finished_at > $2
            """, [SQLValue(store), SQLValue(now - rest)])
        return try row.flatMap { try $0.optionalBlob(0) }.map { SyncCookie($0) }
    }

    /// When each store's last run finished; those never read whole are left out.
    static func finished(_ connection: any Connection) throws -> [StoreID: Timestamp] {
        var times: [StoreID: Timestamp] = [:]
        for row in try connection.query("SELECT store, finished_at FROM index_stores WHERE finished_at IS NOT NULL") {
            times[try row.parsed(0) { StoreID($0) }] = try row.timestamp(1)
        }
        return times
    }

    private static func insert(_ store: StoreID, _ connection: any Connection) throws {
        _ = try connection.execute(
            """
            INSERT INTO index_stores (store, is_midway, turn, first_turn, lease_until) VALUES ($1, 0, 0, 0, 0)
            ON CONFLICT (store) DO NOTHING
            """, [SQLValue(store)])
    }
}

/// One claim of a store, by whoever reads it.
struct SyncTurn: Sendable, Equatable {
    let store: StoreID
    let owner: String
    let number: Int64
    /// The turn the run began with; of an earlier number when it was cut off since.
    let first: Int64
    let cookie: SyncCookie?
}

/// Why a turn ended early, other than by its store.
enum SyncError: Error, Equatable {
    /// Somebody else has claimed the store: this reader was silent for too long.
    case turnIsOver
    /// The store ended its run without saying so.
    case unfinished
    /// The store has something to tell.
    case hasNews
}
