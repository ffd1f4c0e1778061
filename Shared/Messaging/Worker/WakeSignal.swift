import Platform

/// A nap that somebody else can end.
final class WakeSignal: Sendable {
    private struct State {
        var isSet = false
        var nap: Task<Void, Never>?
    }

    private let state = Lock(State())

    /// Ends the nap; with none under way, the next one ends at once.
    func wake() {
        let nap = state.withLock { state in
            state.isSet = true
            return state.nap
        }
        nap?.cancel()
    }

    /// Waits for the span, `wake()`, or the end of the calling task, whichever comes first. For one caller at a time.
    func wait(for span: Duration, _ clock: any Clock) async {
        let nap = state.withLock { state -> Task<Void, Never>? in
            guard !state.isSet else {
                state.isSet = false
                return nil
            }
            let nap = Task { await clock.sleep(for: span) }
            state.nap = nap
            return nap
        }
        guard let nap else { return }
        await withTaskCancellationHandler {
            await nap.value
        } onCancel: {
            nap.cancel()
        }
        state.withLock { state in
            state.isSet = false
            state.nap = nil
        }
    }
}
