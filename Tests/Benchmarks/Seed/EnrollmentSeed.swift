import AuthService
import Crypto
import Glibc
import Model
import Platform
import SQL

/// Enrolls authenticators for accounts, straight in the auth service's database.
///
/// `latchkey-bench-seed enroll INSTALLATION ACCOUNTS CODES` reads a line for each account from the file ACCOUNTS, and writes
/// into the file CODES the first step its codes are for, then a line an account with its codes of the following steps.
enum EnrollmentSeed {
    /// Codes are made for this many steps of 30 seconds from now on.
    private static let steps: Int64 = 8

    static func run(_ folder: String, accounts file: String, codes: String) async throws {
        let configuration = try AuthConfiguration.load(folder + "/auth.json5")
        let keyring = try Keyring(folder: configuration.settings.keyFolder)
        let database = try DatabaseConfiguration.openDatabase(configuration.settings.database)
        defer { database.close() }
        let random = SystemRandom()
        let now = SystemClock().now()
        let first = TOTP.step(at: now)
        let accounts = String(decoding: try BenchmarkSeed.bytes(of: file, atMost: 16 << 20), as: UTF8.self)
        var lines = "\(first)\n"
        var rows: [(account: String, sealed: [UInt8])] = []
        for account in accounts.split(separator: "\n").map(String.init) {
            let secret = Secret(random.bytes(20))
            rows.append((account, try keyring.seal(secret, context: "enrollment:\(account):authenticator")))
            let values = (0..<steps).map { TOTP.value(secret: secret, step: first + $0) }
            lines += account + " " + values.joined(separator: " ") + "\n"
        }
        try await database.write { [rows] transaction in
            for row in rows {
                _ = try transaction.execute(
                    """
                    INSERT INTO enrollments (account, type, enrolled_at, sealed) VALUES ($1, 'authenticator', $2, $3)
                    """, [.text(row.account), SQLValue(now), .blob(row.sealed)])
            }
        }
        try BenchmarkSeed.write(lines, to: codes)
    }
}
