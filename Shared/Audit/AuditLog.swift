import Platform
import SQL

/// The chain of one service in its database (AU-01, AU-02).
///
/// Rows are numbered and chained inside the transaction of the act they record, so there is no act without its row
/// and no row without its act. The head is loaded and locked once for each batch of the group commit writer and goes
/// back to where it was when a body fails, so numbers have no gaps. One value serves one database.
public final class AuditLog: Sendable {
    /// The service whose chain it is; part of every hash.
    public let service: String
    private let isSearched: Bool
    private let state = Lock(AuditLogState())
    private let sink: (@Sendable ([AuditRecord]) -> Void)?

    /// The chain of a service.
    ///
    /// - Parameters:
    ///   - service: its name, the same for ever.
    ///   - isSearched: its rows are counted for `AuditSearch`, whose migrations the database has.
    ///   - sink: gets the rows of each batch once they are on disk, in order, on the writer's thread (AU-04); must be
    ///     quick.
    public init(
        service: String, isSearched: Bool = false, sink: (@Sendable ([AuditRecord]) -> Void)? = nil
    ) {
        self.service = service
        self.isSearched = isSearched
        self.sink = sink
    }

    /// Appends a row and answers its number: 1, 2, 3 … in the order of the rows.
    @discardableResult
    public func append(_ event: AuditEvent, in transaction: Transaction) throws(DatabaseError) -> Int64 {
        try transaction.enlist(self)
        let head = state.withLock { $0.head }
        var row = AuditRow(event, sequence: head.sequence + 1, previousHash: head.hash)
        row.hash = AuditChain.hash(row, service: service, after: head.hash)
        try transaction.execute(Self.insert, row.values)
        let record = AuditRecord(
            sequence: row.sequence, event: event, previousHash: row.previousHash, hash: row.hash)
        let cell = isSearched ? AuditCounts.Cell(row) : nil
        state.withLock { $0.append(record, keeping: sink != nil, cell) }
        return row.sequence
    }

    /// Rows up to a number are about to go.
    func uncount(through sequence: Int64, _ connection: any Connection) throws(DatabaseError) {
        guard isSearched else { return }
        let cells = try AuditCounts.cells(through: sequence, connection)
        state.withLock { state in
            for (cell, count) in cells { state.count(cell, -count) }
        }
    }

    /// The end of the chain when this process last wrote to it; `nil` before its first row.
    public var lastCommitted: AuditHead? { state.withLock { $0.committed } }

    private static let insert = """
        INSERT INTO audit (\(AuditRow.columns))
        VALUES (\((1...AuditRow.columnCount).map { "$\($0)" }.joined(separator: ", ")))
        """
}

extension AuditLog: BatchParticipant {
    /// Loads the head and locks it until the batch ends.
    public func begin(_ connection: any Connection) throws(DatabaseError) {
        let head = try AuditHeadRow.locked(service: service, connection)
        guard head.service == service else {
            throw .failed("the audit chain belongs to \(head.service), not to \(service)")
        }
        state.withLock { $0.begin(head.head) }
    }

    /// A body starts.
    public func mark() { state.withLock { $0.mark() } }

    /// The body failed: its rows are gone.
    public func rollBack() { state.withLock { $0.rollBack() } }

    /// Writes the head.
    public func finish(_ connection: any Connection) throws(DatabaseError) {
        let head = state.withLock { $0.head }
        try connection.execute(
            "UPDATE audit_head SET sequence = $1, hash = $2 WHERE id = 1", [.integer(head.sequence), .blob(head.hash)])
        let counts = state.withLock { $0.counts }
        try AuditCounts.add(Dictionary(counts, uniquingKeysWith: +), connection)
    }

    /// The rows are on disk.
    public func committed() {
        let records = state.withLock { $0.commit() }
        if let sink, !records.isEmpty { sink(records) }
    }

    /// The batch is gone.
    public func aborted() { state.withLock { $0.abort() } }
}

/// Where the chain stands during a batch.
private struct AuditLogState {
    private(set) var head = AuditHead.empty
    private(set) var committed: AuditHead?
    private var records: [AuditRecord] = []
    /// What came and went, in order.
    private(set) var counts: [(AuditCounts.Cell, Int64)] = []
    private var markedHead = AuditHead.empty
    private var markedRecords = 0
    private var markedCounts = 0

    mutating func begin(_ head: AuditHead) {
        self.head = head
        (records, counts) = ([], [])
        mark()
    }

    mutating func append(_ record: AuditRecord, keeping: Bool, _ cell: AuditCounts.Cell?) {
        head = AuditHead(sequence: record.sequence, hash: record.hash)
        if keeping { records.append(record) }
        if let cell { count(cell, 1) }
    }

    mutating func count(_ cell: AuditCounts.Cell, _ number: Int64) {
        counts.append((cell, number))
    }

    mutating func mark() {
        markedHead = head
        markedRecords = records.count
        markedCounts = counts.count
    }

    mutating func rollBack() {
        head = markedHead
        records.removeLast(records.count - markedRecords)
        counts.removeLast(counts.count - markedCounts)
    }

    mutating func commit() -> [AuditRecord] {
        committed = head
        defer { records = [] }
        return records
    }

    mutating func abort() {
        head = .empty
        (records, counts) = ([], [])
        mark()
    }
}
