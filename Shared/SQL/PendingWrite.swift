import Platform

/// One call of `Database.write`: its body, its result so far, and who waits for it.
final class PendingWrite<T: Sendable>: WriteJob {
    private let body: @Sendable (Transaction) throws -> T
    private let continuation: CheckedContinuation<T, any Error>
    private let result = Lock<T?>(nil)

    init(_ body: @escaping @Sendable (Transaction) throws -> T, _ continuation: CheckedContinuation<T, any Error>) {
        self.body = body
        self.continuation = continuation
    }

    func run(in transaction: Transaction) throws {
        let value = try body(transaction)
        result.withLock { $0 = value }
    }

    func succeed() {
        if let value = result.withLock({ $0 }) {
            continuation.resume(returning: value)
        } else {
            continuation.resume(throwing: DatabaseError.failed("committed without a result"))
        }
    }

    func fail(_ error: any Error) {
        continuation.resume(throwing: error)
    }
}
