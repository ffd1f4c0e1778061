import Crypto
import SQL

/// Goes over a whole chain and its checkpoint and names every row that is not as it was written (AU-01, H4).
///
/// What it cannot find: rows cut off the end within the second before the next checkpoint, and rows appended by
/// somebody who can write to the database.
public enum AuditVerifier {
    /// Verifies a chain in one snapshot, in constant memory. Throws `DatabaseError` when it cannot be read at all.
    ///
    /// - Parameters:
    ///   - database: where the chain is.
    ///   - checkpointFile: where its checkpoint is.
    ///   - keys: the service's public signing keys by id, retired ones included.
    public static func verify(
        _ database: any Database, checkpointFile: String, keys: @escaping @Sendable (String) -> VerificationKey?
    ) async throws -> AuditReport {
        // Before the snapshot: a checkpoint that a running service signs meanwhile would be ahead of it.
        let file = Result { try CheckpointFile(path: checkpointFile).load() }
        return try await database.read { connection in
            let row = try AuditHeadRow.load(connection)
            let (checkpoint, defect) = check(file, row, keys)
            var walk = ChainWalk(service: row?.service ?? "", start: row?.start ?? .empty, head: row?.head ?? .empty)
            walk.checkpoint = defect == nil ? checkpoint?.head : nil
            try connection.forEach("SELECT \(AuditRow.columns) FROM audit ORDER BY sequence", []) {
                (row) throws(DatabaseError) in walk.visit(try AuditRow(row))
            }
            walk.end()
            if let defect { walk.findings.add(.badCheckpoint(defect)) }
            return AuditReport(
                service: row?.service, rows: walk.rows, purgedThrough: row?.start.sequence ?? 0,
                head: row?.head ?? .empty, checkpoint: checkpoint,
                findings: walk.findings.list, hasMore: walk.findings.hasMore)
        }
    }

    private static func check(
        _ file: Result<AuditCheckpoint?, any Error>, _ row: AuditHeadRow?, _ keys: (String) -> VerificationKey?
    ) -> (AuditCheckpoint?, CheckpointDefect?) {
        do {
            guard let checkpoint = try file.get() else {
                return (nil, (row?.head.sequence ?? 0) > 0 ? .missing : nil)
            }
            guard checkpoint.isSigned(by: keys) else { return (checkpoint, .badSignature(keyID: checkpoint.keyID)) }
            if let row, row.service != checkpoint.service {
                return (checkpoint, .otherService(checkpoint.service))
            }
            return (checkpoint, nil)
        } catch {
            return (nil, .unreadable("\(error)"))
        }
    }
}

/// Findings, each once, and not without end.
struct AuditFindings {
    private(set) var list: [AuditFinding] = []
    private(set) var hasMore = false
    private var known: Set<AuditFinding> = []
    private static let maximum = 1_000

    mutating func add(_ finding: AuditFinding) {
        guard known.count < Self.maximum else {
            hasMore = true
            return
        }
        if known.insert(finding).inserted { list.append(finding) }
    }

    mutating func replace(_ finding: AuditFinding, with better: AuditFinding) {
        if let index = list.firstIndex(of: finding) { list[index] = better }
    }
}
