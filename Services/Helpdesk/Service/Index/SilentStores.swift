import Model
import Platform

/// Stores that did not answer pages of users in time, and are left alone by pages for a while: a directory that hangs
/// would make every page wait its whole deadline. Acts and single users always ask.
final class SilentStores: Sendable {
    /// Silences in a row that count: one is had by any store on a bad day.
    private static let enough = 2

    private struct Silence {
        var count = 0
        /// Monotonic nanoseconds.
        var until: UInt64 = 0
    }

    private let silences = Lock([StoreID: Silence]())
    private let pause: UInt64

    /// - Parameter pause: how long such a store is left alone; long enough that few pages wait, short enough that a
    ///   directory that is back shows soon.
    init(pause: Duration = .seconds(5)) {
        self.pause = UInt64(clamping: pause.wholeMicroseconds) * 1_000
    }

    /// Whether a page may ask the store. After the pause one may, and the others wait for what it finds.
    func mayAsk(_ store: StoreID) -> Bool {
        let now = MonotonicTime.nanoseconds()
        return silences.withLock { silences in
            guard let silence = silences[store], silence.count >= Self.enough else { return true }
            guard now >= silence.until else { return false }
            silences[store]?.until = now + pause
            return true
        }
    }

    /// The store answered, or said at once that it cannot.
    func answered(_ store: StoreID) { silences.withLock { _ = $0.removeValue(forKey: store) } }

    /// The store did not answer in time.
    func wasSilent(_ store: StoreID) {
        let now = MonotonicTime.nanoseconds()
        silences.withLock { silences in
            silences[store, default: Silence()].count += 1
            silences[store]?.until = now + pause
        }
    }
}
