import Glibc
import Platform

/// A real PostgreSQL server of the test process's own: made in a temporary folder, reachable through a Unix socket and
/// a loopback port, gone with the process.
public final class PostgresCluster: Sendable {
    /// Its port, on 127.0.0.1 and in the name of its socket.
    public let port: UInt16
    private let folder: TemporaryFolder
    private let server = Lock<ChildProcess?>(nil)
    private let databases = Lock(0)

    private static let binaries = "/usr/lib/postgresql/15/bin/"
    private static let sharedCluster = Result { () throws(ProgramError) in
        let cluster = try PostgresCluster()
        running.withLock { $0.append(cluster) }
        return cluster
    }
    private static let running = Lock<[PostgresCluster]>([])

    /// The server most tests share; each makes a database of its own in it.
    public static func shared() throws(ProgramError) -> PostgresCluster {
        try sharedCluster.get()
    }

    /// Makes and starts a server, in about half a second.
    public init() throws(ProgramError) {
        folder = TemporaryFolder()
        port = freePort()
        Self.giveToPostgres(folder.path)
        let initialize = [
            "-D", folder.file("data"), "-N", "-A", "trust", "-U", "latchkey", "-E", "UTF8", "--locale=C.UTF-8",
        ]
        let command = Self.asPostgres("initdb", initialize)
        try runSuccessfully(command[0], Array(command.dropFirst()))
        atexit { PostgresCluster.stopAll() }
        try start()
        try run("CREATE EXTENSION pg_trgm", in: "postgres")
    }

    deinit { stop() }

    /// Starts the server again after `stop` or `kill`.
    public func start() throws(ProgramError) {
        let command = Self.asPostgres(
            "postgres",
            [
                "-D", folder.file("data"), "-k", folder.path, "-p", String(port), "-c", "listen_addresses=127.0.0.1",
                "-c", "fsync=off", "-c", "max_connections=300", "-c", "deadlock_timeout=100ms",
                "-c", "shared_buffers=32MB", "-c", "log_min_messages=fatal",
            ])
        let child = try startForLife(command, outputFile: folder.file("log"))
        server.withLock { $0 = child }
        try waitBlocking(.seconds(20), "PostgreSQL") {
            let answer = try? runProgram(Self.binaries + "pg_isready", ["-q", "-h", folder.path, "-p", String(port)])
            return answer?.status == 0
        }
    }

    /// Stops it without waiting for its clients (SIGINT, PostgreSQL's fast shutdown).
    public func stop() { end(SIGINT) }

    /// Stops it like a crash (SIGQUIT, PostgreSQL's immediate shutdown: the next start recovers).
    public func crash() { end(SIGQUIT) }

    /// Makes an empty schema and answers the connection string in which it is the current one: to a test as good as a
    /// database, and made fifty times as fast. `pg_trgm` is there, in `public`.
    public func makeDatabase() throws(ProgramError) -> String {
        let number = databases.withLock { count in
            count += 1
            return count
        }
        try run("CREATE SCHEMA test\(number)", in: "postgres")
        let options = "options='-c search_path=test\(number),public'"
        return "host=\(folder.path) port=\(port) user=latchkey dbname=postgres \(options)"
    }

    /// Runs a statement through psql(1), past everything under test; answers its output, one row a line.
    @discardableResult
    public func run(_ sql: String, in database: String) throws(ProgramError) -> String {
        let arguments = ["-h", folder.path, "-p", String(port), "-U", "latchkey", "-XAtq", "-v", "ON_ERROR_STOP=1"]
        return try runSuccessfully(Self.binaries + "psql", arguments + ["-d", database, "-c", sql]).text
    }

    private func end(_ signal: Int32) {
        let child = server.withLock { server in
            defer { server = nil }
            return server
        }
        child?.signal(signal)
        _ = try? child?.wait(.seconds(20))
    }

    private static func stopAll() {
        let clusters = running.withLock { clusters in
            defer { clusters = [] }
            return clusters
        }
        for cluster in clusters {
            cluster.end(SIGQUIT)
            cluster.folder.remove()
        }
    }

    /// PostgreSQL refuses to run as root: then it runs as its own user. It ends when the thread that started it does
    /// (prctl(2), `PR_SET_PDEATHSIG`), so that a test process that is killed leaves none behind.
    private static func asPostgres(_ program: String, _ arguments: [String]) -> [String] {
        let user = geteuid() == 0 ? ["--reuid=postgres", "--regid=postgres", "--init-groups"] : []
        return ["setpriv"] + user + ["--pdeathsig=SIGINT", binaries + program] + arguments
    }

    private static func giveToPostgres(_ path: String) {
        guard geteuid() == 0, let user = getpwnam("postgres") else { return }
        chown(path, user.pointee.pw_uid, user.pointee.pw_gid)
    }
}

/// Starts a program from a thread that lives as long as the process.
private func startForLife(_ command: [String], outputFile: String) throws(ProgramError) -> ChildProcess {
    let outcome = Lock<Result<ChildProcess, ProgramError>?>(nil)
    startThread(name: "postgres") {
        let result = Result { () throws(ProgramError) in
            try ChildProcess(command[0], Array(command.dropFirst()), outputFile: outputFile)
        }
        outcome.withLock { $0 = result }
        while true { sleep(3_600) }
    }
    try waitBlocking(.seconds(10), "start of \(command)") { outcome.withLock { $0 != nil } }
    guard let result = outcome.withLock({ $0 }) else { throw .neverHappened("start of \(command)") }
    return try result.get()
}
