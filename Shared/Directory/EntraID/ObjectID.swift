/// The immutable id of a user, group or application: a GUID in lower case.
struct ObjectID: Hashable, Sendable {
    let text: String

    /// Takes `8-4-4-4-12` hexadecimal digits of either case, and nothing else.
    init?(_ text: String) {
        let groups = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard groups.map(\.count) == [8, 4, 4, 4, 12], groups.allSatisfy({ $0.allSatisfy(isHexadecimal) })
        else { return nil }
        self.text = text.lowercased()
    }
}

private func isHexadecimal(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
        UInt8(ascii: "A")...UInt8(ascii: "F"):
        true
    default: false
    }
}
