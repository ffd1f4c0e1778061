/// The name of an attribute or matching rule: `uid`, `cn;lang-de`, `2.5.4.3` (RFC 4512 §1.4, §2.5).
///
/// Names are not data: they come from the program or from the configuration, where they are checked. A name that is
/// none cannot be made, so nothing needs to be escaped where one stands in a filter (IN-02).
struct LDAPAttributeName: Hashable, Sendable, CustomStringConvertible {
    /// As it is written.
    let text: String

    /// Takes a name of the configuration; `nil` when it cannot be one.
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        guard text.utf8.count <= 128, let name = parts.first, isKeyword(name) || isNumericID(name),
            parts.dropFirst().allSatisfy({ !$0.isEmpty && $0.allSatisfy(isKeyByte) })
        else { return nil }
        self.text = text
    }

    var description: String { text }

    /// Names of one attribute differ by nothing but case (RFC 4512 §2.5).
    static func == (left: LDAPAttributeName, right: LDAPAttributeName) -> Bool {
        left.text.lowercased() == right.text.lowercased()
    }

    func hash(into hasher: inout Hasher) { hasher.combine(text.lowercased()) }
}

/// Literals of the program only: a `StaticString` cannot be put together at run time.
extension LDAPAttributeName: ExpressibleByStringLiteral {
    init(stringLiteral name: StaticString) {
        text = name.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
    }
}

private func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
}

private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

private func isKeyByte(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "-") }

private func isKeyword(_ name: Substring.UTF8View.SubSequence) -> Bool {
    guard let first = name.first else { return false }
    return isLetter(first) && name.allSatisfy(isKeyByte)
}

private func isNumericID(_ name: Substring.UTF8View.SubSequence) -> Bool {
    let arcs = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return arcs.count > 1
        && arcs.allSatisfy { !$0.isEmpty && $0.allSatisfy(isDigit) && ($0.count == 1 || $0.first != UInt8(ascii: "0")) }
}
