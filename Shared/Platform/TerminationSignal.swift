import Dispatch
import Glibc

/// Waits for the signals that ask a service to end (signal(7)): SIGTERM from a process manager, SIGINT from a terminal.
///
/// Their default action is off for the whole process, so it does not matter which thread the kernel picks; a signal that
/// comes before anybody waits is remembered.
public final class TerminationSignal: Sendable {
    private struct State {
        var isReceived = false
        var waiting: CheckedContinuation<Void, Never>?
        var sources: [any DispatchSourceSignal] = []
    }

    private let state = Lock(State())

    /// Takes the signals; do so first thing. A peer that closes its connection must not end the process either: SIGPIPE
    /// is ignored.
    public init() {
        signal(SIGPIPE, SIG_IGN)
        for number in [SIGTERM, SIGINT] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { @Sendable [weak self] in self?.receive() }
            source.activate()
            state.withLock { $0.sources.append(source) }
        }
    }

    /// Waits until one of the signals has arrived. One waiter at a time.
    public func wait() async {
        await withCheckedContinuation { continuation in
            let isReceived = state.withLock { state in
                if !state.isReceived { state.waiting = continuation }
                return state.isReceived
            }
            if isReceived { continuation.resume() }
        }
    }

    private func receive() {
        let waiting = state.withLock { state in
            state.isReceived = true
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }
}
