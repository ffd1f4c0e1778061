/// Changes in the LDAP data interchange format (RFC 2849), every value in Base64 so that nothing needs to be escaped.
public struct LDIF: Sendable {
    /// As ldapmodify(1) reads it.
    public private(set) var text = ""

    /// No change yet.
    public init() {}

    /// Adds an entry.
    public static func add(_ dn: String, _ attributes: [(String, [UInt8])]) -> LDIF {
        var ldif = LDIF()
        ldif.begin(dn, "add")
        for (name, value) in attributes { ldif.put(name, value) }
        ldif.text += "\n"
        return ldif
    }

    /// Changes one attribute: `add`, `delete` or `replace`.
    public static func change(_ dn: String, _ how: String, _ attribute: String, _ values: [String]) -> LDIF {
        var ldif = LDIF()
        ldif.begin(dn, "modify")
        ldif.text += "\(how): \(attribute)\n"
        for value in values { ldif.put(attribute, Array(value.utf8)) }
        ldif.text += "-\n\n"
        return ldif
    }

    /// Renames and moves an entry.
    public static func move(_ dn: String, to name: String, below parent: String) -> LDIF {
        var ldif = LDIF()
        ldif.begin(dn, "modrdn")
        ldif.put("newrdn", Array(name.utf8))
        ldif.text += "deleteoldrdn: 1\n"
        ldif.put("newsuperior", Array(parent.utf8))
        ldif.text += "\n"
        return ldif
    }

    /// Deletes an entry.
    public static func delete(_ dn: String) -> LDIF {
        var ldif = LDIF()
        ldif.begin(dn, "delete")
        ldif.text += "\n"
        return ldif
    }

    /// One after the other.
    public static func + (left: LDIF, right: LDIF) -> LDIF {
        var ldif = left
        ldif.text += right.text
        return ldif
    }

    private mutating func begin(_ dn: String, _ kind: String) {
        put("dn", Array(dn.utf8))
        text += "changetype: \(kind)\n"
    }

    private mutating func put(_ name: String, _ value: [UInt8]) { text += "\(name):: \(base64(value))\n" }
}

extension LDIF {
    /// A line with its value as text, where it was in Base64 and is one.
    static func plain(_ line: String) -> String {
        guard let mark = line.utf8.firstIndex(of: UInt8(ascii: ":")), line[mark...].hasPrefix(":: "),
            let value = fromBase64(line[mark...].dropFirst(3)), let text = String(validating: value, as: UTF8.self)
        else { return line }
        return line[..<mark] + ": " + text
    }
}

/// RFC 4648 §4.
private let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

private func fromBase64(_ text: Substring) -> [UInt8]? {
    var result: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for byte in text.utf8 where byte != UInt8(ascii: "=") {
        guard let value = alphabet.firstIndex(of: byte) else { return nil }
        bits = bits << 6 | UInt32(value)
        count += 6
        if count >= 8 {
            count -= 8
            result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
    }
    return result
}

private func base64(_ bytes: [UInt8]) -> String {
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * (3 - UInt32(group.count)))
        for index in 0..<4 {
            let isPadding = index > group.count
            result.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> (18 - 6 * UInt32(index)) & 63)])
        }
    }
    return String(decoding: result, as: UTF8.self)
}
