import Platform

/// A domain controller of Active Directory of a test's own (`Tests/Kit/samba-ad.py`), stopped with its last owner.
///
/// People are put under `OU=People`, groups under `OU=Groups`; the service account has the rights
/// `docs/directories/active-directory.md` lists. Calls block threads of their own.
public final class SambaServer: Sendable {
    /// The root of the domain.
    public static let domain = "DC=ad,DC=example,DC=org"
    /// Where people are.
    public static let people = "OU=People," + domain
    /// Where groups are.
    public static let groups = "OU=Groups," + domain
    /// The service account.
    public static let service = (name: "latchkey@ad.example.org", password: "Test-only-service-5150!")
    private static let administrator = (name: "administrator@ad.example.org", password: "Test-only-admin-2931!")

    /// Its loopback address, with the ports of Active Directory.
    public let address: String
    /// The authority that signed its certificate.
    public let authority: String
    private let folder: TemporaryFolder
    private let options: [String]
    private let process: Lock<ChildProcess>
    private static let threads = BlockingPool(name: "samba", threads: 4)

    /// Starts one.
    ///
    /// - Parameter certificates: for other addresses than its own too; `nil` makes some.
    public static func start(_ certificates: TestCertificates? = nil) async throws -> SambaServer {
        try await threads.run { try SambaServer(certificates) }
    }

    private init(_ certificates: TestCertificates?) throws(ProgramError) {
        folder = TemporaryFolder()
        options = certificates.map { ["--certificates", $0.folder.path] } ?? []
        let (process, address) = try Self.launch(folder, options)
        self.process = Lock(process)
        self.address = address
        authority = certificates?.authority ?? folder.file("tls/ca.pem")
    }

    private static func launch(
        _ folder: TemporaryFolder, _ options: [String]
    ) throws(ProgramError) -> (ChildProcess, String) {
        let process = try ChildProcess("/usr/bin/python3", [kitFile("samba-ad.py"), folder.path] + options)
        try waitBlocking(.seconds(120), "a domain controller") {
            process.output.utf8.contains(UInt8(ascii: "\n")) || !process.isRunning
        }
        let first = process.output.split(separator: "\n").first.map { String($0) } ?? ""
        guard process.isRunning, first.hasPrefix("127.") else {
            throw .failed(program: "samba-ad.py", status: process.status ?? -1, output: process.output)
        }
        return (process, first)
    }

    /// Stops it; its data stays until the last owner lets go.
    public func stop() {
        let process = process.withLock { $0 }
        process.terminate()
        _ = try? process.wait(.seconds(20))
    }

    /// Starts it again, with its data, at its address.
    public func restart() async throws {
        try await Self.threads.run { [self] () throws(ProgramError) in
            stop()
            let (next, _) = try Self.launch(folder, options + ["--address", address])
            process.withLock { $0 = next }
        }
    }

    /// Writes as the domain's administrator, by ldapmodify(1).
    ///
    /// - Parameter ignoring: LDAP result codes that are no error, for example 68 for what is there already.
    public func write(_ ldif: LDIF, ignoring codes: Set<Int32> = []) async throws {
        let who = Self.administrator
        let result = try await run("ldapmodify", ["-D", who.name, "-w", who.password], input: ldif.text)
        guard result.status == 0 || codes.contains(result.status) else {
            throw ProgramError.failed(program: "ldapmodify", status: result.status, output: result.errorText)
        }
    }

    /// Writes what no client may, for example the age of a password, into the database itself (ldbmodify(1)).
    public func writeBehind(_ ldif: LDIF) async throws {
        // Past everything the server does when a password is set (DSDB_CONTROL_BYPASS_PASSWORD_HASH_OID).
        let options = ["-H", folder.file("private/sam.ldb"), "--controls=local_oid:1.3.6.1.4.1.7165.4.3.12:0"]
        _ = try await Self.threads.run { [folder] () throws(ProgramError) in
            let file = folder.write("behind.ldif", ldif.text)
            try runSuccessfully("ldbmodify", options + [file])
        }
    }

    /// The lines of a search by ldapsearch(1), not folded, texts in plain; as the administrator.
    public func search(
        _ base: String, scope: String = "sub", filter: String = "(objectClass=*)", _ attributes: [String],
        options: [String] = []
    ) async throws -> [String] {
        let who = Self.administrator
        let result = try await run(
            "ldapsearch",
            ["-LLL", "-o", "ldif-wrap=no", "-D", who.name, "-w", who.password, "-b", base, "-s", scope] + options
                + [filter] + attributes)
        guard result.status == 0 || result.status == 32 else {
            throw ProgramError.failed(program: "ldapsearch", status: result.status, output: result.errorText)
        }
        return result.text.split(separator: "\n", omittingEmptySubsequences: false).map { LDIF.plain(String($0)) }
    }

    /// Whether a password is taken by ldapwhoami's bind.
    public func binds(_ name: String, _ password: String) async throws -> Bool {
        try await run(
            "ldapsearch", ["-D", name, "-w", password, "-b", "", "-s", "base", "(objectClass=*)", "dnsHostName"]
        ).status == 0
    }

    private func run(_ program: String, _ arguments: [String], input: String = "") async throws -> ProgramResult {
        try await Self.threads.run { [address, authority] () throws(ProgramError) in
            var environment = currentEnvironment()
            environment["LDAPTLS_CACERT"] = authority
            return try runProgram(
                program, ["-x", "-H", "ldaps://\(address)"] + arguments, input: Array(input.utf8),
                environment: environment)
        }
    }
}
