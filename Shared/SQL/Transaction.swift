/// What a writing body gets: the statements of a connection inside one savepoint.
///
/// After a statement fails, every later one of the same body fails with the same error, and the body is undone: the
/// engines differ in what they would let pass (PostgreSQL nothing, SQLite nearly everything).
public final class Transaction: Connection {
    let connection: any EngineConnection
    private(set) var failure: DatabaseError?
    private(set) var participants: [any BatchParticipant] = []
    private var newcomers = 0

    init(_ connection: any EngineConnection) {
        self.connection = connection
    }

    /// The engine.
    public var dialect: Dialect { connection.dialect }

    /// All rows of a result; for results of a known, small size.
    public func query(_ sql: String, _ parameters: [SQLValue]) throws(DatabaseError) -> [Row] {
        try remembering { () throws(DatabaseError) in try connection.query(sql, parameters) }
    }

    /// Runs a statement and answers how many rows it changed.
    @discardableResult
    public func execute(_ sql: String, _ parameters: [SQLValue]) throws(DatabaseError) -> Int {
        try remembering { () throws(DatabaseError) in try connection.execute(sql, parameters) }
    }

    /// Lends the rows one after the other, in constant memory; an error of the body ends it.
    public func forEach(
        _ sql: String, _ parameters: [SQLValue], _ body: (Row) throws(DatabaseError) -> Void
    ) throws(DatabaseError) {
        try remembering { () throws(DatabaseError) in try connection.forEach(sql, parameters, body) }
    }

    /// Makes a participant part of this batch; the first body to do so in a batch loads its state.
    public func enlist(_ participant: some BatchParticipant) throws(DatabaseError) {
        guard !participants.contains(where: { $0 === participant }) else { return }
        try remembering { () throws(DatabaseError) in try participant.begin(connection) }
        participant.mark()
        participants.append(participant)
        newcomers += 1
    }

    private func remembering<T>(_ body: () throws(DatabaseError) -> T) throws(DatabaseError) -> T {
        if let failure { throw failure }
        do {
            return try body()
        } catch {
            failure = error
            throw error
        }
    }
}

extension Transaction {
    /// The next body starts.
    func startBody() {
        failure = nil
        newcomers = 0
        for participant in participants { participant.mark() }
    }

    /// The body's savepoint was rolled back. What it enlisted first goes too, since the lock on its state is gone.
    func undoBody() {
        for participant in participants.suffix(newcomers) { participant.aborted() }
        participants.removeLast(newcomers)
        newcomers = 0
        for participant in participants { participant.rollBack() }
    }
}
