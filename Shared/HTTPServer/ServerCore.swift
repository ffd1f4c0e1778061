import Glibc
import Observability
import Platform
import Web

/// What all connections of a server share.
final class ServerCore: Sendable {
    /// Answers one request.
    typealias Handler = @Sendable (Request) async -> Response

    let settings: HTTPServerSettings
    let log: Log
    let handler: Handler
    let ids = RequestIDSource()
    private let refusals: Counter
    private let work = Lock(Work())
    private let connections = Lock<[ObjectIdentifier: HTTPConnection]>([:])

    private struct Work {
        var running = 0
        var isDraining = false
        var isClosed = false
    }

    init(_ settings: HTTPServerSettings, _ log: Log, _ metrics: Metrics, _ handler: @escaping Handler) {
        self.settings = settings
        self.log = log
        self.handler = handler
        refusals = metrics.counter(
            "http_refused_requests_total", "Requests refused before they reached a route.", labels: ["code"])
    }

    /// Counts a request in; `false` once the server is closed.
    func began() -> Bool {
        work.withLock { work in
            guard !work.isClosed else { return false }
            work.running += 1
            return true
        }
    }

    func ended() {
        work.withLock { $0.running -= 1 }
    }

    /// Whether answers tell the client to come back over another connection.
    var isDraining: Bool { work.withLock { $0.isDraining } }

    func beginDraining() {
        work.withLock { $0.isDraining = true }
    }

    /// Closes the server if nothing runs. From then on no connection is ever suspended, and the library, which ends the
    /// process when it is stopped with a suspended connection, can be stopped.
    func closeIfIdle() -> Bool {
        work.withLock { work in
            if work.running == 0 { work.isClosed = true }
            return work.isClosed
        }
    }

    func refused(_ problem: Problem, _ id: RequestID) {
        refusals.add(1, problem.code)
        RequestContext.$requestID.withValue(id) {
            log.warning("http.refused", ["status": .init(problem.status), "code": .init(problem.code)])
        }
    }

    func opened(_ connection: HTTPConnection) {
        connections.withLock { $0[ObjectIdentifier(connection)] = connection }
    }

    func closed(_ connection: HTTPConnection) {
        connections.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(connection)) }
        connection.close()
    }

    func expired(_ id: RequestID) {
        RequestContext.$requestID.withValue(id) { log.warning("http.deadline_passed") }
    }

    /// A body broke off because its maker failed; the answer's head had said that all is well.
    func streamFailed(_ error: any Error, _ id: RequestID) {
        RequestContext.$requestID.withValue(id) {
            log.error("http.stream_failed", ["error": .init(String(reflecting: type(of: error)))])
        }
    }

    /// Breaks off the bodies that are still being made; answers whether there were any.
    func breakOffStreams() -> Bool {
        connections.withLock { Array($0.values) }.map { $0.breakOffStream() }.contains(true)
    }

    /// How many connections are open.
    var openConnections: Int { connections.withLock { $0.count } }

    /// Starts the thread that ends what has taken too long; it looks twice a second and ends with the core.
    static func startReaper(_ core: ServerCore) {
        startThread(name: "http-reaper") { [weak core] in
            while let alive = core, !alive.work.withLock({ $0.isClosed }) {
                for connection in alive.connections.withLock({ Array($0.values) }) {
                    connection.sweep(alive.settings)
                }
                usleep(500_000)
            }
        }
    }
}
