import Model

/// What an entry's `replPropertyMetaData` says of its attributes (MS-DRSR §5.163 PROPERTY_META_DATA_EXT_VECTOR, little
/// endian): a stamp for the last write to each, the same on every domain controller.
struct ReplicationMetadata: Sendable {
    /// The last write to one attribute.
    struct Stamp: Sendable, Equatable {
        /// Writes so far.
        let version: UInt32
        /// When it was written, to the second.
        let time: Timestamp
        /// Where in the order of writes of the domain controller that took it.
        let originatingUSN: UInt64

        /// The stamp in one word.
        var text: String { "\(version).\(time.seconds).\(originatingUSN)" }
    }

    /// The ids of attributes (MS-ADA1 to 3, `attributeID` by the prefix table of MS-DRSR §5.14).
    enum Attribute: UInt32 {
        case unicodePwd = 0x9_005A
        case lockoutTime = 0x9_0296
    }

    private let stamps: [UInt32: Stamp]

    /// Reads the attribute's value; `nil` when it is damaged or of another version.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 16, Self.number(bytes, at: 0, bytes: 4) == 1 else { return nil }
        let count = Self.number(bytes, at: 8, bytes: 4)
        guard count <= 100_000, bytes.count == 16 + 48 * Int(count) else { return nil }
        var stamps: [UInt32: Stamp] = [:]
        for start in stride(from: 16, to: bytes.count, by: 48) {
            let seconds = Self.number(bytes, at: start + 8, bytes: 8)
            stamps[UInt32(truncatingIfNeeded: Self.number(bytes, at: start, bytes: 4))] = Stamp(
                version: UInt32(truncatingIfNeeded: Self.number(bytes, at: start + 4, bytes: 4)),
                time: Timestamp(seconds: Int64(clamping: seconds) - 11_644_473_600),
                originatingUSN: Self.number(bytes, at: start + 32, bytes: 8))
        }
        self.stamps = stamps
    }

    /// The last write to the attribute; `nil` when it was never written.
    subscript(attribute: Attribute) -> Stamp? { stamps[attribute.rawValue] }

    private static func number(_ bytes: [UInt8], at start: Int, bytes count: Int) -> UInt64 {
        bytes[start..<start + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
