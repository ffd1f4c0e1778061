import Model
import Platform

/// Operations this process took on and could not bring to their end, because its database failed it on the way.
///
/// Nobody works on them any more, whatever their lease says; so they are settled as soon as the database can be used
/// again, and not only when the lease has ended.
final class StrandedOperations: Sendable {
    private let ids = Lock(Set<OperationID>())

    var all: Set<OperationID> { ids.withLock { $0 } }

    func add(_ id: OperationID) {
        ids.withLock { _ = $0.insert(id) }
    }

    func remove(_ id: OperationID) {
        ids.withLock { _ = $0.remove(id) }
    }
}
