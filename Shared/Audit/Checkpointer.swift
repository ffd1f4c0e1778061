import Crypto
import Platform
import SQL

/// Writes the signed end of the chain to a file outside the database, at most every second (AU-01).
///
/// What was committed since the last checkpoint, at most about a second, can be cut off without being found: that is
/// the window. A checkpoint is only replaced by one whose chain contains it, so a database that was cut, written anew
/// or restored from a backup raises an alarm instead of getting a new signature. Replicas have a file each.
public final class Checkpointer: Sendable {
    private let log: AuditLog
    private let database: any Database
    private let file: CheckpointFile
    private let clock: any Clock
    private let key: @Sendable () async throws -> SigningKey
    private let thread = BlockingPool(name: "checkpoint", threads: 1)
    private let written = Lock<AuditHead?>(nil)

    /// - Parameters:
    ///   - log: the chain, and whose it is.
    ///   - database: where it is.
    ///   - file: where the checkpoint goes; its folder must exist and must not be writable by the database's server.
    ///   - clock: when.
    ///   - key: the key in force.
    public init(
        _ log: AuditLog, _ database: any Database, file: String, clock: any Clock,
        key: @escaping @Sendable () async throws -> SigningKey
    ) {
        self.log = log
        self.database = database
        self.file = CheckpointFile(path: file)
        self.clock = clock
        self.key = key
    }

    /// Writes checkpoints until the task is canceled, then a last one. Errors are reported and do not end it.
    public func run(report: @escaping @Sendable (any Error) -> Void) async {
        while true {
            let isLast = Task.isCancelled
            do {
                try await write()
            } catch {
                report(error)
            }
            if isLast { return }
            await clock.sleep(for: .seconds(1))
        }
    }

    /// Writes a checkpoint unless nothing was committed since the last one; of an empty chain too, so that from the
    /// first moment on a missing file is an alarm. Throws `CheckpointError`, or what the database and the key say.
    public func write() async throws {
        let known = written.withLock { $0 }
        guard known == nil || log.lastCommitted != known else { return }
        let file = file
        let old = try await thread.run { () throws(CheckpointError) in try file.load() }
        if let old, old.service != log.service { throw CheckpointError.otherService(old.service) }
        let head = try await database.read { connection in try continuation(of: old, connection) }
        if head != old?.head {
            let new = try AuditCheckpoint(service: log.service, head: head, at: clock.now(), key: try await key())
            try await thread.run { () throws(CheckpointError) in try file.save(new) }
        }
        written.withLock { $0 = head }
    }
}

/// The end of the chain, if it continues what was signed.
private func continuation(of old: AuditCheckpoint?, _ connection: any Connection) throws -> AuditHead {
    let row = try AuditHeadRow.load(connection)
    let head = row?.head ?? .empty
    guard let old, old.head != .empty else { return head }
    guard head.sequence >= old.head.sequence else {
        throw CheckpointError.cutTail(have: head.sequence, want: old.head.sequence)
    }
    if let start = row?.start, start.sequence > old.head.sequence { return head }
    let hash = try AuditHeadRow.hash(at: old.head.sequence, connection)
    guard hash == old.head.hash else { throw CheckpointError.rewritten(sequence: old.head.sequence) }
    return head
}
