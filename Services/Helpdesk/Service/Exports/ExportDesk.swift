import Platform

/// What all exports of this process share: threads to make files on, and a number that may be made at a time.
final class ExportDesk: Sendable {
    /// More at a time would take turns on the same threads and end later, all of them.
    static let mostAtATime = 4

    let threads = BlockingPool(name: "export", threads: 2)
    private let running = Lock(0)

    /// A place for one export; `false` when all are taken.
    func enter() -> Bool {
        running.withLock { running in
            guard running < Self.mostAtATime else { return false }
            running += 1
            return true
        }
    }

    func leave() {
        running.withLock { $0 -= 1 }
    }
}
