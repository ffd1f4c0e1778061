import Crypto

/// The arithmetic of the chain (AU-01): canonical bytes and their hash.
enum AuditChain {
    /// Says which rules the bytes follow; another rule gets another text.
    private static let version = "latchkey-audit-1"

    /// SHA-256 over the previous hash and the canonical bytes.
    static func hash(_ row: AuditRow, service: String, after previousHash: [UInt8]) -> [UInt8] {
        Digest.sha256(previousHash + canonicalBytes(row, service: service))
    }

    /// Every column but the two hashes, each with its length, so that no two rows have the same bytes.
    static func canonicalBytes(_ row: AuditRow, service: String) -> [UInt8] {
        var bytes = CanonicalBytes()
        bytes.append(version)
        bytes.append(service)
        bytes.append(row.sequence)
        bytes.append(row.at)
        bytes.append(row.kind)
        bytes.append(row.outcome)
        bytes.append(row.actorKind)
        for text in row.texts { bytes.append(text) }
        bytes.append(row.detail)
        bytes.append(row.originService)
        bytes.append(row.originSequence)
        return bytes.bytes
    }
}

/// Fields one after the other: `0` for an absent one; `1`, four bytes of length, the bytes otherwise. Numbers are
/// eight bytes. Big-endian throughout.
struct CanonicalBytes {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ text: String?) {
        append(text.map { Array($0.utf8) })
    }

    mutating func append(_ number: Int64?) {
        append(number.map { number in withUnsafeBytes(of: number.bigEndian) { Array($0) } })
    }

    mutating func append(_ field: [UInt8]?) {
        guard let field else {
            bytes.append(0)
            return
        }
        bytes.append(1)
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: field.count).bigEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: field)
    }
}
