/// Something in a chain that is not as it was written.
public enum AuditFinding: Sendable, Hashable {
    /// The row's columns are not those that were hashed.
    case altered(sequence: Int64)
    /// The rows are missing.
    case removed(first: Int64, last: Int64)
    /// The row was written with another number.
    case reordered(sequence: Int64, belongsAt: Int64)
    /// There is a row after the end of the chain.
    case unexpected(sequence: Int64)
    /// The chain ends too early.
    case cutTail(have: Int64, want: Int64)
    /// The chain is sound in itself but is not the one that was signed: it was written anew up to this row or further.
    case rewritten(sequence: Int64)
    /// `audit_head` does not belong to the last row: one of them was altered.
    case badHead(sequence: Int64)
    /// The checkpoint is missing, unreadable, of another chain or not signed by a known key.
    case badCheckpoint(CheckpointDefect)
}

/// What is wrong with a checkpoint.
public enum CheckpointDefect: Sendable, Hashable {
    /// There is no file, though the chain has rows.
    case missing
    /// The file cannot be read.
    case unreadable(String)
    /// It is about another service's chain.
    case otherService(String)
    /// No known key signed what it says.
    case badSignature(keyID: String)
}

/// What a verification found.
public struct AuditReport: Sendable, Equatable {
    /// Whose chain it is; `nil` when it was never written to.
    public let service: String?
    /// How many rows were read.
    public let rows: Int
    /// The number of the last row that was purged, and recorded as such; 0 when none was (PR-03).
    public let purgedThrough: Int64
    /// The end of the chain as `audit_head` has it.
    public let head: AuditHead
    /// The checkpoint, where there is one that can be read.
    public let checkpoint: AuditCheckpoint?
    /// What is not as it was written, in the order of the rows.
    public let findings: [AuditFinding]
    /// Whether there are more findings than are listed.
    public let hasMore: Bool

    /// Whether nothing was found.
    public var isIntact: Bool { findings.isEmpty }
}

extension AuditFinding: CustomStringConvertible {
    /// A sentence for people.
    public var description: String {
        switch self {
        case .altered(let sequence): "row \(sequence) was altered"
        case .removed(let first, let last):
            first == last ? "row \(first) was removed" : "rows \(first) to \(last) were removed"
        case .reordered(let sequence, let other): "row \(sequence) was row \(other) when it was written"
        case .unexpected(let sequence): "row \(sequence) stands after the end of the chain"
        case .cutTail(let have, let want): "the chain ends with row \(have); it had at least \(want) rows"
        case .rewritten(let sequence): "row \(sequence) is not the one that was signed"
        case .badHead(let sequence): "row \(sequence), the last, or audit_head was altered"
        case .badCheckpoint(let defect): "the checkpoint \(defect)"
        }
    }
}

extension CheckpointDefect: CustomStringConvertible {
    /// The end of a sentence for people.
    public var description: String {
        switch self {
        case .missing: "is missing"
        case .unreadable(let reason): "cannot be read: \(reason)"
        case .otherService(let service): "is of the service \(service)"
        case .badSignature(let keyID): "is not signed by a known key (\(keyID))"
        }
    }
}
