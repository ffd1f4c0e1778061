import Model
import SQL

/// Marks the id of one counted sign-in attempt.
enum SignInAttemptKind {}
/// One counted sign-in attempt.
typealias SignInAttemptID = Identifier<SignInAttemptKind>

/// The `sign_in_attempts` table: how often a login was tried and an address failed, by keyed digest (RL-01).
enum SignInAttemptStore {
    static func count(_ subject: [UInt8], since: Timestamp, _ connection: any Connection) throws -> Int {
        let rows = try connection.query(
            "SELECT count(*) FROM sign_in_attempts WHERE subject = $1 AND at > $2", [.blob(subject), SQLValue(since)])
        return Int(try rows.first?.integer(0) ?? 0)
    }

    static func insert(
        _ id: SignInAttemptID, _ subject: [UInt8], at now: Timestamp, _ connection: any Connection
    ) throws {
        _ = try connection.execute(
            "INSERT INTO sign_in_attempts (id, subject, at) VALUES ($1, $2, $3)",
            [.text(id.text), .blob(subject), SQLValue(now)])
    }

    /// Takes back an attempt that was counted before its outcome was known.
    static func takeBack(_ id: SignInAttemptID, _ connection: any Connection) throws {
        _ = try connection.execute("DELETE FROM sign_in_attempts WHERE id = $1", [.text(id.text)])
    }

    static func purge(before: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute("DELETE FROM sign_in_attempts WHERE at < $1", [SQLValue(before)])
    }
}
