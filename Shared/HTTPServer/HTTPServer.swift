import CMicroHTTPD
import Glibc
import Model
import Observability
import Platform
import Web

/// Takes requests from sockets to a handler and its answers back (libmicrohttpd, epoll and a pool of threads).
///
/// HTTP/1.1 only; TLS and HTTP/2 are the reverse proxy's. Heads that could be understood in two ways never reach the
/// handler (IN-00). The handler runs until its first wait on a socket thread, so it must not block one: blocking calls
/// belong on a `BlockingPool`.
public final class HTTPServer: Sendable {
    private let core: ServerCore
    private let running = Lock<Running?>(nil)

    /// `@unchecked Sendable`: the library's daemon is made for use from any thread; it is stopped once, by whoever takes it
    /// from the lock.
    private struct Running: @unchecked Sendable {
        let daemon: OpaquePointer
        let socket: ListeningSocket
    }

    /// Prepares a server; nothing listens yet.
    public init(
        _ settings: HTTPServerSettings, log: Log, metrics: Metrics,
        handler: @escaping @Sendable (Request) async -> Response
    ) {
        core = ServerCore(settings, log, metrics, handler)
    }

    /// Listens. Answers the port.
    ///
    /// - Throws: `notLoopback` for an address that others can reach unless `behindProxy` is set (IN-00).
    public func start() throws(HTTPServerError) -> UInt16 {
        let settings = core.settings
        let socket = try ListeningSocket(
            address: settings.address, port: settings.port, behindProxy: settings.behindProxy)
        let isStarted = running.withLock { running in
            guard running == nil, let daemon = startDaemon(core, on: socket.descriptor) else { return false }
            running = Running(daemon: daemon, socket: socket)
            return true
        }
        guard isStarted else {
            close(socket.descriptor)
            throw .cannotStart
        }
        ServerCore.startReaper(core)
        return socket.port
    }

    /// How many connections are open.
    public var openConnections: Int { core.openConnections }

    /// Stops listening at once and waits for the requests that are being served.
    ///
    /// Bodies that are still being made are broken off when four fifths of the deadline have passed, so that their makers
    /// can put that down.
    ///
    /// Answers `true` when all of them were answered; the server is then stopped. `false` means that some were not, or
    /// not whole; where requests still run when the deadline passes, the process has to end with them running, as the
    /// library cannot be stopped.
    public func drain(deadline: Duration) async -> Bool {
        guard let current = running.withLock({ $0 }) else { return true }
        core.beginDraining()
        _ = MHD_quiesce_daemon(current.daemon)
        // The descriptor stays open: a thread of the library may be about to accept on it, and its number must not belong
        // to anybody else by then.
        shutdown(current.socket.descriptor, Int32(SHUT_RDWR))
        let clock = SystemClock()
        let start = MonotonicTime.nanoseconds()
        let limit = UInt64(max(0, deadline.wholeMicroseconds)) &* 1_000
        var isWhole = true
        while !core.closeIfIdle() {
            let elapsed = MonotonicTime.nanoseconds() &- start
            guard elapsed < limit else { return false }
            if elapsed >= limit / 5 * 4, core.breakOffStreams() { isWhole = false }
            await clock.sleep(for: .milliseconds(5))
        }
        stop()
        return isWhole
    }

    /// Ends the library's threads; there are no suspended connections any more.
    private func stop() {
        let taken = running.withLock { running in
            defer { running = nil }
            return running
        }
        guard let taken else { return }
        stopDaemon(taken.daemon, of: core)
        close(taken.socket.descriptor)
    }
}
