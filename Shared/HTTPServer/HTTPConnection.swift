import CMicroHTTPD
import Glibc
import Model
import Observability
import Platform
import Web

/// One connection, with what the reaper has to know of it.
///
/// libmicrohttpd's own timeout is an idle timeout: a byte a second keeps a connection for good. Here every phase has an
/// end, whatever arrives (IN-00).
final class HTTPConnection: Sendable {
    /// What the connection is busy with.
    enum Phase {
        /// Waiting for a request, the first one excepted.
        case idle
        case head
        case body
        /// The handler runs; its deadline is answered with 503.
        case handling(Exchange, RequestID)
        case answer
        /// A body is sent while it is made.
        case streaming(BodyPipe)
    }

    private struct State {
        var phase = Phase.head
        var since = MonotonicTime.nanoseconds()
        var isOpen = true
    }

    let peer: String
    private let descriptor: Int32
    private let state = Lock(State())

    init(_ connection: OpaquePointer) {
        descriptor = latchkey_http_socket(connection)
        peer = addressText(latchkey_http_peer(connection))
    }

    func enter(_ phase: Phase) {
        let now = MonotonicTime.nanoseconds()
        state.withLock { state in
            state.phase = phase
            state.since = now
        }
    }

    /// Called before the library closes the descriptor, whose number the system may then give to another connection.
    func close() {
        state.withLock { state in
            state.isOpen = false
            state.phase = .idle
        }
    }

    /// Ends what has taken too long.
    func sweep(_ settings: HTTPServerSettings) {
        let overdue: Phase? = state.withLock { state in
            guard state.isOpen else { return nil }
            lookAtIdle(&state)
            guard isOverdue(state, deadline(of: state.phase, settings)) else { return nil }
            if case .handling = state.phase { return state.phase }
            shutdown(descriptor, Int32(SHUT_RDWR))
            return state.phase
        }
        switch overdue {
        case .handling(let exchange, let id): exchange.expire(id)
        case .streaming(let pipe): pipe.breakOff()
        case .idle, .head, .body, .answer, nil: break
        }
    }

    /// Breaks off a body that is still being made; the server ends.
    func breakOffStream() -> Bool {
        let pipe: BodyPipe? = state.withLock { state in
            guard state.isOpen, case .streaming(let pipe) = state.phase else { return nil }
            return pipe
        }
        pipe?.breakOff()
        return pipe != nil
    }

    /// A body that is made while it is sent is overdue when nothing moves. The library does not notice a peer that goes
    /// while the connection is suspended, so the system is asked: browsers and proxies that still want an answer do not
    /// close their half.
    private func isOverdue(_ state: State, _ limit: UInt64) -> Bool {
        if case .streaming(let pipe) = state.phase {
            return pipe.stillness >= limit || latchkey_http_peer_state(descriptor).has_finished
        }
        return MonotonicTime.nanoseconds() &- state.since >= limit
    }

    /// Looks at what the library does not tell of a connection without a request. It overlooks an end that came together
    /// with the last request, and tells of a further request only once its first line is whole: bytes that came after
    /// the last answer are the beginning of one, and the head's deadline runs from when they are seen.
    private func lookAtIdle(_ state: inout State) {
        guard case .idle = state.phase else { return }
        let peer = latchkey_http_peer_state(descriptor)
        let idle = (MonotonicTime.nanoseconds() &- state.since) / 1_000_000
        if peer.has_finished {
            shutdown(descriptor, Int32(SHUT_RDWR))
        } else if peer.is_known, UInt64(peer.silence) + HTTPConnection.clockError < idle {
            state.phase = .head
            state.since = MonotonicTime.nanoseconds()
        }
    }

    /// Milliseconds by which the system's time of the last byte may be off: a tick and the time to wake up.
    private static let clockError: UInt64 = 20

    private func deadline(of phase: Phase, _ settings: HTTPServerSettings) -> UInt64 {
        let span =
            switch phase {
            case .idle: settings.idleDeadline
            case .head: settings.headDeadline
            case .body, .answer: settings.bodyDeadline
            case .handling: settings.handlerDeadline
            case .streaming: settings.streamDeadline
            }
        return UInt64(max(0, span.wholeMicroseconds)) &* 1_000
    }
}
