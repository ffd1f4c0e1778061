import Model
import SQL

/// What is meant to be done to one account of an operation, and what became of it.
struct Intent: Sendable, Equatable {
    /// How far it has come.
    enum State: String, Sendable {
        /// Recorded; the directory cannot have been written.
        case intended
        /// Allowed; the directory may have been written.
        case writing
        case done
        case failed
        /// A rule said no when the target was checked again.
        case refused
        /// Reading the directory does not tell (CR-04).
        case unknown

        /// Whether somebody still works on it.
        var isOpen: Bool {
            switch self {
            case .intended, .writing: true
            case .done, .failed, .refused, .unknown: false
            }
        }
    }

    let account: AccountID
    let state: State
    /// What the directory's credential version was before.
    let credentialVersion: String
    /// Whether the account was locked before (R13).
    let wasLocked: Bool
    /// Why it was not done, as a stable code.
    var reason: String?
    /// The same in words for the operator.
    var message: String?
}

/// The `intents` table.
enum IntentStore {
    private static let columns = "account, state, credential_version, was_locked, reason, message"

    /// Records the intents of an operation that has none of these yet, or none that is open.
    static func insert(
        _ intents: [Intent], of operation: OperationID, _ connection: any Connection
    ) throws {
        for (position, intent) in intents.enumerated() {
            _ = try connection.execute(
                """
                INSERT INTO intents (operation, account, position, state, credential_version, was_locked)
                VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (operation, account) DO UPDATE SET state = excluded.state,
                    credential_version = excluded.credential_version, was_locked = excluded.was_locked,
                    reason = NULL, message = NULL
                """,
                [
                    SQLValue(operation), SQLValue(intent.account), SQLValue(position), .text(intent.state.rawValue),
                    .text(intent.credentialVersion), SQLValue(intent.wasLocked),
                ])
        }
    }

    static func all(of operation: OperationID, _ connection: any Connection) throws -> [Intent] {
        try connection.query(
            "SELECT \(columns) FROM intents WHERE operation = $1 ORDER BY position, account", [SQLValue(operation)]
        ).map { row in
            Intent(
                account: try row.parsed(0) { AccountID($0) }, state: try row.parsed(1) { Intent.State(rawValue: $0) },
                credentialVersion: try row.text(2), wasLocked: try row.bool(3), reason: try row.optionalText(4),
                message: try row.optionalText(5))
        }
    }

    /// The authority is there: from now on the directory may have been written.
    static func startWriting(_ operation: OperationID, _ connection: any Connection) throws {
        _ = try connection.execute(
            "UPDATE intents SET state = 'writing' WHERE operation = $1 AND state = 'intended'", [SQLValue(operation)])
    }

    /// Records what became of an intent, once; `false` when somebody else has.
    static func settle(
        _ intent: Intent, of operation: OperationID, _ connection: any Connection
    ) throws -> Bool {
        try connection.execute(
            """
            UPDATE intents SET state = $3, reason = $4, message = $5
            WHERE operation = $1 AND account = $2 AND state IN ('intended', 'writing')
            """,
            [
                SQLValue(operation), SQLValue(intent.account), .text(intent.state.rawValue),
                SQLValue(intent.reason), SQLValue(intent.message),
            ]) == 1
    }
}
