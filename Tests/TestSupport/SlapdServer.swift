import Glibc
import Platform

/// OpenLDAP's slapd of `Tests/Kit` with a folder and certificates of its own, changed past the program under test with
/// OpenLDAP's own tools.
public final class SlapdServer: Sendable {
    /// Below it stand `ou=people`, `ou=groups`, `ou=services` and `ou=policies`.
    public static let base = "dc=example,dc=test"

    /// What it shows to clients, and the authority to trust.
    public let certificates: TestCertificates
    /// Port of TLS from the first byte.
    public let securePort = freePort()
    /// Port of StartTLS.
    public let plainPort = freePort()
    /// Configuration, data and log.
    public let folder = TemporaryFolder()
    private let options: [String]
    private let process = Lock<KitServer?>(nil)

    /// Starts it; `options` are those of `slapd.py`.
    public init(_ options: [String] = [], certificates: TestCertificates? = nil) throws(ProgramError) {
        if let certificates { self.certificates = certificates } else { self.certificates = try TestCertificates() }
        self.options = options
        // It runs as nobody, who has to come through to a folder of its own in here.
        chmod(folder.path, 0o711)
        try start()
    }

    /// Starts it again on its data.
    ///
    /// - Parameters:
    ///   - more: further options of `slapd.py`.
    ///   - shown: certificates to show instead of its own.
    public func start(_ more: [String] = [], showing shown: TestCertificates? = nil) throws(ProgramError) {
        let arguments = [
            folder.file("slapd"), "--certificates", (shown ?? certificates).folder.path, "--ldap", "\(plainPort)",
            "--ldaps", "\(securePort)",
        ]
        let server = try KitServer("slapd.py", arguments + options + more)
        process.withLock { $0 = server }
    }

    /// Asks it to end and waits.
    public func stop() throws(ProgramError) {
        let server = process.withLock { server in
            defer { server = nil }
            return server
        }
        try server?.stop()
    }

    /// What it logged: each request as the server understood it.
    public var log: String { String(decoding: readFile(folder.file("slapd/slapd.log")), as: UTF8.self) }

    /// How many passwords it was told to set.
    public var writes: Int { log.split(separator: "\n").count { $0.contains(" MOD attr=userPassword") } }

    /// Changes entries as the administrator, who may set what only the server sets otherwise (ldapmodify(1), LDIF).
    public func change(_ ldif: String) throws(ProgramError) {
        try run("ldapmodify", ["-e", "relax"], input: ldif)
    }

    /// Deletes an entry.
    public func delete(_ dn: String) throws(ProgramError) { try run("ldapdelete", [dn]) }

    /// Finds entries and answers LDIF without folded lines, operational attributes too.
    public func search(_ filter: String, _ attributes: [String] = ["*", "+"]) throws(ProgramError) -> String {
        try run("ldapsearch", ["-LLL", "-o", "ldif-wrap=no", "-b", Self.base, filter] + attributes)
    }

    /// The names of the entries a filter finds.
    public func names(_ filter: String) throws(ProgramError) -> [String] {
        try search(filter, ["1.1"]).split(separator: "\n").compactMap { line in
            line.hasPrefix("dn: ") ? String(line.dropFirst(4)) : nil
        }
    }

    /// Whether somebody can sign in, by a client that is not ours (ldapwhoami(1)).
    public func lets(_ dn: String, in password: String) throws(ProgramError) -> Bool {
        let result = try runProgram(
            "ldapwhoami", ["-x", "-H", "ldap://127.0.0.1:\(plainPort)", "-D", dn, "-w", password])
        return result.status == 0
    }

    @discardableResult
    private func run(_ program: String, _ arguments: [String], input: String? = nil) throws(ProgramError) -> String {
        let common = [
            "-x", "-H", "ldap://127.0.0.1:\(plainPort)", "-D", "cn=admin," + Self.base, "-w", "secret",
        ]
        let result = try runProgram(program, common + arguments, input: input.map { Array($0.utf8) })
        guard result.status == 0 else {
            throw .failed(program: program, status: result.status, output: result.text + result.errorText)
        }
        return result.text
    }
}
