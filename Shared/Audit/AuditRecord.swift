/// One row of a chain.
public struct AuditRecord: Sendable, Equatable {
    /// Its number: 1, 2, 3 … without gaps.
    public let sequence: Int64
    /// What happened.
    public let event: AuditEvent
    /// The hash of the row before; 32 zero bytes for the first.
    public let previousHash: [UInt8]
    /// SHA-256 over the previous hash and the canonical bytes (README).
    public let hash: [UInt8]

    /// A row as it was read.
    public init(sequence: Int64, event: AuditEvent, previousHash: [UInt8], hash: [UInt8]) {
        self.sequence = sequence
        self.event = event
        self.previousHash = previousHash
        self.hash = hash
    }
}

/// The end of a chain.
public struct AuditHead: Sendable, Equatable {
    /// The number of the last row; 0 before the first.
    public let sequence: Int64
    /// The hash of the last row; 32 zero bytes before the first.
    public let hash: [UInt8]

    /// An end of a chain.
    public init(sequence: Int64, hash: [UInt8]) {
        self.sequence = sequence
        self.hash = hash
    }

    /// The end of a chain without rows.
    public static let empty = AuditHead(sequence: 0, hash: [UInt8](repeating: 0, count: 32))
}
