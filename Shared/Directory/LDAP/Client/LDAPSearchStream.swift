import Platform

/// The answers of one search, taken as fast as the reader wants them: the server waits in between.
final class LDAPSearchStream: Sendable {
    private let connection: LDAPConnection
    private let id: Lock<Int32>
    private let threads: BlockingPool
    private let deadline: Duration

    init(_ connection: LDAPConnection, id: Int32, threads: BlockingPool, deadline: Duration) {
        self.connection = connection
        self.id = Lock(id)
        self.threads = threads
        self.deadline = deadline
    }

    /// Begins another search on the same connection, after the end of the one before: pages of one listing belong
    /// together.
    func begin(_ search: LDAPSearch) async throws(LDAPFailure) {
        try await threads.run { [self] () throws(LDAPFailure) in
            let new = try connection.begin(search)
            id.withLock { $0 = new }
        }
    }

    /// The next answers: as many as asked for, or fewer up to the end, which comes last. Nothing is to be read after
    /// the end.
    func next(atMost count: Int) async throws(LDAPFailure) -> [LDAPSearchItem] {
        try await threads.run { [self] () throws(LDAPFailure) in
            let deadline = LDAPDeadline(after: deadline)
            let id = id.withLock { $0 }
            var items: [LDAPSearchItem] = []
            while items.count < count {
                let item = try connection.nextItem(of: id, deadline)
                items.append(item)
                if case .done = item { break }
            }
            return items
        }
    }
}
