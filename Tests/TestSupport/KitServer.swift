import Platform

/// A server of `Tests/Kit` on a loopback port, stopped with its last owner.
public final class KitServer: Sendable {
    /// Where it listens.
    public let port: UInt16
    /// The program.
    public let process: ChildProcess

    /// Starts a program of `Tests/Kit` with Debian's Python and waits for its port, which it prints first.
    public init(_ program: String, _ arguments: [String] = []) throws(ProgramError) {
        let process = try ChildProcess("/usr/bin/python3", [kitFile(program)] + arguments)
        var port: UInt16?
        do {
            try waitBlocking(.seconds(30), program) {
                port = printedPort(process.output)
                return port != nil || !process.isRunning
            }
        } catch {
            throw .deadline(program: program, output: process.output)
        }
        guard let port else { throw .failed(program: program, status: process.status ?? -1, output: process.output) }
        self.port = port
        self.process = process
    }

    /// Asks it to end and waits.
    public func stop() throws(ProgramError) {
        process.terminate()
        try process.wait()
    }
}

/// The path of a file of `Tests/Kit`.
public func kitFile(_ name: String, here: String = #filePath) -> String {
    here.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 } + "/Kit/" + name
}

/// A test-only certificate authority with one server certificate.
public struct TestCertificates: Sendable {
    /// `ca.pem`, `server.pem` and `server.key` are in it.
    public let folder: TemporaryFolder

    /// Makes both keys and certificates; for this machine unless names are given (`DNS:mail.example.org`), and now unless
    /// a time is (`2020-01-01 00:00:00`): the server's lasts 825 days, the authority's ten years.
    public init(names: String? = nil, at time: String? = nil) throws(ProgramError) {
        folder = TemporaryFolder()
        var environment = currentEnvironment()
        environment["LATCHKEY_TEST_ONLY_SAN"] = names
        let clock = time.map { ["faketime", $0] } ?? ["env"]
        let result = try runProgram(
            clock[0], clock.dropFirst() + [kitFile("make-ca.sh"), folder.path], environment: environment)
        guard result.status == 0 else {
            throw .failed(program: "make-ca.sh", status: result.status, output: result.errorText)
        }
    }

    /// The authority's certificate.
    public var authority: String { folder.file("ca.pem") }

    /// What a server of `Tests/Kit` is told.
    public var arguments: [String] {
        ["--certificate", folder.file("server.pem"), "--key", folder.file("server.key")]
    }
}

/// The first line that is a port; a warning of a library may come before it.
private func printedPort(_ output: String) -> UInt16? {
    output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().lazy.compactMap { UInt16($0) }.first
}
