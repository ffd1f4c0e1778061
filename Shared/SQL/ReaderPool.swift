import Platform

/// Reads side by side: as many threads as connections, none of them shared while in use.
final class ReaderPool: Sendable {
    private let threads: BlockingPool
    private let idle = Lock(IdleConnections())
    private let connect: @Sendable () throws(DatabaseError) -> any EngineConnection

    private struct IdleConnections {
        var connections: [any EngineConnection] = []
        var isClosed = false
    }

    init(
        name: String, readers: Int, connect: @escaping @Sendable () throws(DatabaseError) -> any EngineConnection
    ) {
        threads = BlockingPool(name: name, threads: readers)
        self.connect = connect
    }

    /// Runs the body in a transaction that reads. After a lost connection it runs once more on a new one.
    func read<T: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> T) async throws -> T {
        try await threads.run { [self] in
            switch attempt(body) {
            case .success(let value): return value
            case .failure(let first):
                guard first.mayRepeat else { throw first.error }
                return try attempt(body).mapError(\.error).get()
            }
        }
    }

    /// Ends the idle connections; one in use ends when its read does.
    func close() {
        idle.withLock { state in
            state.isClosed = true
            state.connections = []
        }
    }

    private struct ReadFailure: Error {
        let error: any Error
        let mayRepeat: Bool
    }

    private func attempt<T>(_ body: (any Connection) throws -> T) -> Result<T, ReadFailure> {
        let connection: any EngineConnection
        do {
            connection = try takeConnection()
        } catch {
            return .failure(ReadFailure(error: error, mayRepeat: false))
        }
        defer { giveBack(connection) }
        do {
            try connection.begin(.reading)
            let value = try body(connection)
            connection.rollBack()
            return .success(value)
        } catch {
            let mayRepeat = connection.condition == .retry
            connection.rollBack()
            return .failure(ReadFailure(error: error, mayRepeat: mayRepeat))
        }
    }

    private func takeConnection() throws(DatabaseError) -> any EngineConnection {
        let (connection, isClosed) = idle.withLock { ($0.connections.popLast(), $0.isClosed) }
        if isClosed { throw .unavailable("the database is closed") }
        if let connection { return connection }
        return try connect()
    }

    private func giveBack(_ connection: any EngineConnection) {
        guard connection.isUsable else { return }
        idle.withLock { state in
            if !state.isClosed { state.connections.append(connection) }
        }
    }
}
