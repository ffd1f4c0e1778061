/// A search filter as a tree; only `text` makes a string of it (RFC 4515).
///
/// IN-02: a value is bytes and stays bytes. Every byte that is not an ASCII letter or digit is written as a backslash
/// and two hexadecimal digits, which RFC 4515 §3 allows for any byte: no value can end an assertion, open a parenthesis,
/// become a wildcard or be cut off at a NUL, whatever its encoding.
indirect enum LDAPFilter: Sendable, Equatable {
    /// Every one of them; with none it is always true (RFC 4526).
    case and([LDAPFilter])
    /// At least one of them; with none it is always false (RFC 4526).
    case or([LDAPFilter])
    case not(LDAPFilter)
    case equals(LDAPAttributeName, [UInt8])
    case present(LDAPAttributeName)
    case greaterOrEqual(LDAPAttributeName, [UInt8])
    case lessOrEqual(LDAPAttributeName, [UInt8])
    /// Begins with, holds in this order, ends with. With no part at all it is `present`.
    case substrings(LDAPAttributeName, initial: [UInt8]?, any: [[UInt8]], final: [UInt8]?)
    /// Compared by a matching rule of the attribute; `inDN` looks into the components of the entry's name too.
    case extensible(LDAPAttributeName, rule: LDAPAttributeName, inDN: Bool, [UInt8])

    /// The same with text, as UTF-8.
    static func equals(_ name: LDAPAttributeName, _ value: String) -> LDAPFilter { .equals(name, Array(value.utf8)) }

    /// The filter as RFC 4515 writes it: printable ASCII.
    var text: String {
        switch self {
        case .and(let parts): "(&" + parts.map(\.text).joined() + ")"
        case .or(let parts): "(|" + parts.map(\.text).joined() + ")"
        case .not(let part): "(!" + part.text + ")"
        case .equals(let name, let value): "(\(name)=\(Self.escaped(value)))"
        case .present(let name): "(\(name)=*)"
        case .greaterOrEqual(let name, let value): "(\(name)>=\(Self.escaped(value)))"
        case .lessOrEqual(let name, let value): "(\(name)<=\(Self.escaped(value)))"
        case .substrings(let name, let initial, let any, let final):
            "(\(name)=\(Self.pattern(initial, any, final)))"
        case .extensible(let name, let rule, let inDN, let value):
            "(\(name)\(inDN ? ":dn" : ""):\(rule):=\(Self.escaped(value)))"
        }
    }

    /// A part without bytes would be written as two stars, which is no filter.
    private static func pattern(_ initial: [UInt8]?, _ any: [[UInt8]], _ final: [UInt8]?) -> String {
        let middle = any.filter { !$0.isEmpty }.map { escaped($0) + "*" }.joined()
        return escaped(initial ?? []) + "*" + middle + escaped(final ?? [])
    }

    private static func escaped(_ value: [UInt8]) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(value.count)
        for byte in value {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"):
                result.append(byte)
            default:
                result += [UInt8(ascii: "\\"), hexDigit(byte >> 4), hexDigit(byte & 0xF)]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// `0` to `9` and `a` to `f`.
func hexDigit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
}
