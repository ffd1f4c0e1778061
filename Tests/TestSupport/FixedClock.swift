import Model
import Platform

/// A clock that stands still until a test moves it. Waiting on it moves it.
public final class FixedClock: Clock {
    private let time: Lock<Timestamp>

    /// Starts at this moment: 2026-11-21T09:45:00Z unless told otherwise.
    public init(_ start: Timestamp = Timestamp(seconds: 1_795_254_300)) {
        time = Lock(start)
    }

    /// The moment it stands at.
    public func now() -> Timestamp { time.withLock { $0 } }

    /// Moves on.
    public func advance(by span: Duration) {
        time.withLock { $0 = $0 + span }
    }

    /// Goes to a moment.
    public func set(_ moment: Timestamp) {
        time.withLock { $0 = moment }
    }

    /// Moves on by the span and returns at once, so that a loop that sleeps does not spin for real time.
    public func sleep(for span: Duration) async {
        advance(by: span)
        await Task.yield()
    }
}
