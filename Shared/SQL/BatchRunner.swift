import Platform

/// Runs batches of writes on one connection; used by the writer's thread alone.
final class BatchRunner {
    private let connect: () throws(DatabaseError) -> any EngineConnection
    private var connection: (any EngineConnection)?
    private let counts: Lock<WriterCounts>

    /// How often a batch is begun anew after deadlocks, stale plans and connections lost before the commit.
    private static let maximumAttempts = 4

    /// - Parameter counts: raised with every commit, before the callers of its bodies go on.
    init(
        counting counts: Lock<WriterCounts>, connect: @escaping () throws(DatabaseError) -> any EngineConnection
    ) {
        self.counts = counts
        self.connect = connect
    }

    func disconnect() {
        connection = nil
    }

    /// Runs the batch and lets every caller go on, with its result or an error.
    func run(_ batch: [any WriteJob]) {
        for attempt in 1...Self.maximumAttempts {
            switch self.attempt(batch) {
            case .committed(let failures):
                answer(batch, failures)
                return
            case .failed(let error, .intact):
                for job in batch { job.fail(error) }
                return
            case .failed(let error, .lost):
                runAlone(batch, after: error)
                return
            case .failed(let error, .retry):
                if attempt == Self.maximumAttempts { for job in batch { job.fail(error) } }
            }
        }
    }

    /// One body took the whole transaction with it (disk full): the others get a transaction of their own.
    private func runAlone(_ batch: [any WriteJob], after error: DatabaseError) {
        guard batch.count > 1 else {
            for job in batch { job.fail(error) }
            return
        }
        for job in batch { run([job]) }
    }

    private func answer(_ batch: [any WriteJob], _ failures: [ObjectIdentifier: any Error]) {
        for job in batch {
            if let error = failures[ObjectIdentifier(job)] { job.fail(error) } else { job.succeed() }
        }
    }

    private enum Outcome {
        /// On disk, but for the bodies that failed.
        case committed([ObjectIdentifier: any Error])
        /// Nothing of the batch is on disk, or nobody knows; the condition says what to do about it.
        case failed(DatabaseError, TransactionCondition)
    }

    private func attempt(_ batch: [any WriteJob]) -> Outcome {
        let connection: any EngineConnection
        do {
            connection = try usableConnection()
            try connection.begin(.writing)
        } catch {
            let condition = self.connection?.condition ?? .intact
            return .failed(error, condition == .retry ? .retry : .intact)
        }
        let transaction = Transaction(connection)
        do {
            return .committed(try runBodies(batch, in: transaction))
        } catch {
            let condition = connection.condition
            connection.rollBack()
            for participant in transaction.participants { participant.aborted() }
            return .failed(error, condition)
        }
    }

    /// Runs the bodies and commits. Throws when the transaction as a whole is gone.
    private func runBodies(
        _ batch: [any WriteJob], in transaction: Transaction
    ) throws(DatabaseError) -> [ObjectIdentifier: any Error] {
        let connection = transaction.connection
        var failures: [ObjectIdentifier: any Error] = [:]
        /// A body alone needs no savepoint: if it fails, the whole transaction goes.
        if batch.count > 1 { try connection.run(["SAVEPOINT body"]) }
        for (index, job) in batch.enumerated() {
            if let error = try runBody(job, in: transaction) {
                failures[ObjectIdentifier(job)] = error
                if batch.count > 1 { try connection.run(["ROLLBACK TO SAVEPOINT body"]) }
                transaction.undoBody()
            } else if index + 1 < batch.count {
                try connection.run(["RELEASE SAVEPOINT body", "SAVEPOINT body"])
            }
        }
        guard failures.count < batch.count else {
            connection.rollBack()
            for participant in transaction.participants { participant.aborted() }
            return failures
        }
        for participant in transaction.participants { try participant.finish(connection) }
        try connection.commit()
        for participant in transaction.participants { participant.committed() }
        counts.withLock { counts in
            counts.commits += 1
            counts.bodies += batch.count - failures.count
        }
        return failures
    }

    /// The error that undoes the body alone, if any. Throws when the transaction as a whole is gone.
    private func runBody(_ job: any WriteJob, in transaction: Transaction) throws(DatabaseError) -> (any Error)? {
        transaction.startBody()
        var thrown: (any Error)?
        do {
            try job.run(in: transaction)
        } catch {
            thrown = error
        }
        guard let failure = transaction.failure else { return thrown }
        switch transaction.connection.condition {
        case .intact: return thrown ?? failure
        case .lost, .retry: throw failure
        }
    }

    private func usableConnection() throws(DatabaseError) -> any EngineConnection {
        if let connection, connection.isUsable { return connection }
        connection = nil
        let fresh = try connect()
        connection = fresh
        return fresh
    }
}
