/// What a transaction is for.
enum TransactionMode {
    /// One snapshot, nothing can be written.
    case reading
    /// Locks out other writers at once where the engine has only one.
    case writing
}

/// What the last failure of a statement means for the transaction around it.
enum TransactionCondition {
    /// The statement alone failed, or none did.
    case intact
    /// The engine gave the whole transaction up, and what it does next time is the same: disk full.
    case lost
    /// Nothing was committed and the transaction may be tried again: deadlock, stale plan, connection lost before
    /// the commit was asked for.
    case retry
}

/// A connection as the writer and the readers of its engine see it.
protocol EngineConnection: Connection {
    /// What the last failure means.
    var condition: TransactionCondition { get }
    /// Whether it can serve another transaction.
    var isUsable: Bool { get }
    /// Starts a transaction.
    func begin(_ mode: TransactionMode) throws(DatabaseError)
    /// Makes the transaction durable.
    func commit() throws(DatabaseError)
    /// Gives the transaction up; does nothing when there is none.
    func rollBack()
    /// Runs commands that take no values and give no rows, in one exchange where the engine can.
    func run(_ commands: [String]) throws(DatabaseError)
    /// Lifts the limit on the time of a statement until the transaction ends, for migrations.
    func allowLongStatements() throws(DatabaseError)
}
