/// A value of `objectSid` (MS-DTYP §2.4.2.2).
struct SecurityIdentifier: Hashable, Sendable {
    let bytes: [UInt8]

    /// Takes a value; `nil` when it is none.
    init?(bytes: [UInt8]) {
        guard bytes.count >= 12, bytes.count == 8 + 4 * Int(bytes[1]) else { return nil }
        self.bytes = bytes
    }

    /// The one of the same domain with another number at its end: how an account names its primary group.
    func sibling(_ number: UInt32) -> SecurityIdentifier? {
        let last = (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        return SecurityIdentifier(bytes: bytes.dropLast(4) + last)
    }
}
