/// Waits for something no longer than a span of real time.
public enum Deadline {
    /// The body's value, or `nil` when it has not come within the span. The body then goes on alone, told to stop by the
    /// cancellation of its task: what blocks in C cannot be stopped, only no longer waited for.
    public static func wait<Value: Sendable>(
        _ span: Duration, for body: @escaping @Sendable () async -> Value
    ) async -> Value? {
        let work = Task { await body() }
        let once = Lock<CheckedContinuation<Value?, Never>?>(nil)
        return await withCheckedContinuation { continuation in
            once.withLock { $0 = continuation }
            let timer = Task {
                try? await Task.sleep(for: span)
                guard let waiting = take(once) else { return }
                work.cancel()
                waiting.resume(returning: nil)
            }
            Task {
                let value = await work.value
                guard let waiting = take(once) else { return }
                timer.cancel()
                waiting.resume(returning: value)
            }
        }
    }

    private static func take<Value>(
        _ once: Lock<CheckedContinuation<Value?, Never>?>
    ) -> CheckedContinuation<Value?, Never>? {
        once.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
    }
}
