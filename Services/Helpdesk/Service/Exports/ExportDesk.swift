import Platform

/// What all exports of this process share: threads to make files on, and a number that may be made at a time.
final class ExportDesk: Sendable {
    /// More at a time would take turns on the same threads and end later, all of them.
    static let mostAtATime = 4

    let threads = BlockingPool(name: "export", threads: 2)
    private let taken = Lock(0)

    /// A place for one export, given back when nobody holds it any more; `nil` when all are taken.
    func place() -> Place? {
        let isFree = taken.withLock { taken in
            guard taken < Self.mostAtATime else { return false }
            taken += 1
            return true
        }
        return isFree ? Place(self) : nil
    }

    /// One of the places. An answer that is never sent gives it back too.
    final class Place: Sendable {
        private let desk: ExportDesk

        fileprivate init(_ desk: ExportDesk) {
            self.desk = desk
        }

        deinit {
            desk.taken.withLock { $0 -= 1 }
        }
    }
}
