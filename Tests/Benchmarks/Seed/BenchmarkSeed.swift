import AuthAPI
import AuthService
import Crypto
import Glibc
import Model
import Platform
import SQL
import StrictJSON

/// Prepares what the benchmark of authenticator answers needs, straight in the auth service's database: accounts with an
/// enrolled authenticator and an open verification each. Not part of the product.
///
/// `latchkey-bench-seed INSTALLATION OPERATOR SESSION TAG ACCOUNTS REQUESTS` writes the rows, and into the file REQUESTS
/// the first step its codes are for, then a line an account: the verification and its codes of the following steps. It
/// prints a token of the helpdesk service.
enum BenchmarkSeed {
    /// Codes are made for this many steps of 30 seconds from now on, so that a slow machine does not run out of them.
    private static let steps: Int64 = 8

    static func main(_ arguments: [String]) async {
        do {
            if arguments.count == 4, arguments[0] == "enroll" {
                return try await EnrollmentSeed.run(arguments[1], accounts: arguments[2], codes: arguments[3])
            }
            guard arguments.count == 6, let account = AccountID(arguments[1]), let session = SessionID(arguments[2]),
                let count = Int(arguments[4])
            else { throw SeedError(text: "usage: INSTALLATION OPERATOR SESSION TAG ACCOUNTS REQUESTS") }
            let desk = SeedDesk(account: account, session: session)
            try await seed(arguments[0], desk, tag: arguments[3], count: count, requests: arguments[5])
            print(try serviceToken(arguments[0]))
        } catch {
            print("latchkey-bench-seed: \(error)")
            exit(1)
        }
    }

    private static func seed(
        _ folder: String, _ desk: SeedDesk, tag: String, count: Int, requests: String
    ) async throws {
        let configuration = try AuthConfiguration.load(folder + "/auth.json5")
        let keyring = try Keyring(folder: configuration.settings.keyFolder)
        let database = try DatabaseConfiguration.openDatabase(configuration.settings.database)
        let random = SystemRandom()
        let now = SystemClock().now()
        let first = TOTP.step(at: now)
        var lines = "\(first)\n"
        for start in stride(from: 0, to: count, by: 1_000) {
            let rows = try (start..<min(start + 1_000, count)).map { number in
                try SeedRow(
                    account: "\(desk.account.store.text)~bench-\(tag)-\(number)", secret: random.bytes(20),
                    verification: Identifier(randomBytes: random.bytes(16)), keyring)
            }
            try await database.write { transaction in
                for row in rows { try row.insert(desk, at: now, transaction) }
            }
            for row in rows {
                let codes = (0..<steps).map { TOTP.value(secret: row.secret, step: first + $0) }
                lines += row.verification.text + " " + codes.joined(separator: " ") + "\n"
            }
        }
        database.close()
        try write(lines, to: requests)
    }

    static func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w"), fputs(text, file) >= 0, fclose(file) == 0 else {
            throw SeedError(text: "cannot write \(path)")
        }
    }

    private static func serviceToken(_ folder: String) throws -> String {
        let key = try SigningKey(pem: Secret(try bytes(of: folder + "/helpdesk/service.pem", atMost: 65_536)))
        let now = SystemClock().now()
        let claims = TokenClaims(
            issuer: AuthNames.helpdeskService, audience: [AuthNames.authService], subject: AuthNames.helpdeskService,
            id: Base64URL.encode(SystemRandom().bytes(16)), validity: now..<now + .seconds(300))
        return try JWT.sign(claims, type: .service, key: key)
    }

    static func bytes(of path: String, atMost limit: Int) throws -> [UInt8] {
        guard let file = fopen(path, "r") else { throw SeedError(text: "cannot read \(path)") }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes.prefix(count))
    }
}

/// The operator the verifications belong to.
struct SeedDesk: Sendable {
    let account: AccountID
    let session: SessionID
}

/// What went wrong.
struct SeedError: Error, CustomStringConvertible {
    let text: String
    var description: String { text }
}

/// One account's rows, as enrolling and starting a verification would leave them.
struct SeedRow: Sendable {
    let account: String
    let secret: Secret
    let sealed: [UInt8]
    let verification: VerificationID

    init(account: String, secret: [UInt8], verification: VerificationID, _ keyring: Keyring) throws {
        self.account = account
        self.secret = Secret(secret)
        self.verification = verification
        sealed = try keyring.seal(secret, context: "enrollment:\(account):authenticator")
    }

    func insert(_ desk: SeedDesk, at now: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute(
            "INSERT INTO enrollments (account, type, enrolled_at, sealed) VALUES ($1, 'authenticator', $2, $3)",
            [.text(account), SQLValue(now), .blob(sealed)])
        let requirement = #"""
            {"eligible":["authenticator","mobile"],"mandatory":[],"count":1,"asked":3,"right":3,"alone":false}
            """#
        _ = try connection.execute(
            """
            INSERT INTO verifications (id, subject, accounts, operator, session, action, policy_version, requirement,
                status, created_at, used_at, expires_at, code_until, wrong_answers)
            VALUES ($1, $2, $2, $3, $4, 'resetPassword', 'benchmark', $5, 'created', $6, $6, $7, $6, 0)
            """,
            [
                .text(verification.text), .text(account), .text(desk.account.text), .text(desk.session.text),
                .text(requirement), SQLValue(now), SQLValue(now + .seconds(1_800)),
            ])
    }
}
