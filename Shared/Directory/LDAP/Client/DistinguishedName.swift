import CLDAP
import Model
import TextFolding

/// The name of an entry, read into its components (RFC 4514) and compared component by component, never by the ends of
/// its text (OP-05).
struct DistinguishedName: Hashable, Sendable {
    /// One `type=value` of a component. Equal without regard to case and to how many spaces stand between words, as
    /// directories compare names (RFC 4517 §4.2.11).
    struct Assertion: Hashable, Sendable {
        /// The short name of the type in small letters, or its numbers.
        let type: String
        /// The value without escapes, composed, one space between words.
        let value: String
        /// The value as it is compared.
        let folded: String

        init(type: String, value: String) {
            self.type = shortName(of: type)
            self.value = TextFolding.nfc(value).split(separator: " ").joined(separator: " ")
            folded = self.value.lowercased()
        }

        static func == (left: Assertion, right: Assertion) -> Bool {
            left.type == right.type && left.folded == right.folded
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(type)
            hasher.combine(folded)
        }
    }

    /// The components in the order of the text, the entry's own first; each has its assertions in one order.
    let components: [[Assertion]]

    /// Reads a name (ldap_str2dn(3), LDAPv3 only); `nil` when it is malformed. The empty text is the root.
    init?(_ text: String) {
        guard !text.utf8.contains(0), text.utf8.count <= 8_192 else { return nil }
        var parsed: LDAPDN?
        guard ldap_str2dn(text, &parsed, UInt32(LDAP_DN_FORMAT_LDAPV3)) == LDAP_SUCCESS else { return nil }
        defer { if let parsed { ldap_dnfree(parsed) } }
        var components: [[Assertion]] = []
        var next = parsed
        while let pointer = next, let component = pointer.pointee {
            guard let assertions = Self.assertions(component) else { return nil }
            components.append(assertions)
            next = pointer + 1
        }
        self.components = components
    }

    private init(components: [[Assertion]]) {
        self.components = components
    }

    /// Whether the entry is the one named or stands below it.
    func isWithin(_ ancestor: DistinguishedName) -> Bool {
        components.count >= ancestor.components.count
            && zip(components.reversed(), ancestor.components.reversed()).allSatisfy { $0 == $1 }
    }

    /// The name of what holds the entry; the root holds itself.
    var parent: DistinguishedName { DistinguishedName(components: Array(components.dropFirst())) }

    /// The one way to write the name: short types, values in small letters, one space between words, escaped, nothing
    /// around the separators. Equal names have equal texts.
    var canonical: String { components.map { Self.text($0, \.folded) }.joined(separator: ",") }

    /// The name as a place in the tree: components from the root down, for people and for comparing.
    var container: Container { Container(components: components.reversed().map { Self.text($0, \.value) }) }

    private static func text(_ component: [Assertion], _ value: (Assertion) -> String) -> String {
        component.map { $0.type + "=" + escaped(value($0)) }.joined(separator: "+")
    }

    /// The assertions of a component in one order; `nil` for a value that is no text.
    private static func assertions(_ component: LDAPRDN) -> [Assertion]? {
        var assertions: [Assertion] = []
        var next = component
        while let pointer = next.pointee {
            let assertion = pointer.pointee
            guard assertion.la_flags & UInt32(LDAP_AVA_BINARY) == 0,
                let type = text(assertion.la_attr), let value = text(assertion.la_value)
            else { return nil }
            assertions.append(Assertion(type: type, value: value))
            next += 1
        }
        return assertions.sorted { ($0.type, $0.folded) < ($1.type, $1.folded) }
    }

    private static func text(_ value: berval) -> String? { String(validating: bytes(of: value), as: UTF8.self) }

    /// RFC 4514 §2.4.
    private static func escaped(_ value: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "+", ",", ";", "<", ">", "\\", "=", "#": result += ["\\", scalar]
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let byte = UInt8(truncatingIfNeeded: scalar.value)
                result += ["\\", Unicode.Scalar(hexDigit(byte >> 4)), Unicode.Scalar(hexDigit(byte & 0xF))]
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}

/// The types that have several names (RFC 4519 §2), by the shortest.
private let shortNames: [String: String] = [
    "commonname": "cn", "2.5.4.3": "cn", "localityname": "l", "2.5.4.7": "l", "stateorprovincename": "st",
    "2.5.4.8": "st", "streetaddress": "street", "2.5.4.9": "street", "organizationname": "o", "2.5.4.10": "o",
    "organizationalunitname": "ou", "2.5.4.11": "ou", "countryname": "c", "2.5.4.6": "c", "domaincomponent": "dc",
    "0.9.2342.19200300.100.1.25": "dc", "userid": "uid", "0.9.2342.19200300.100.1.1": "uid", "surname": "sn",
    "2.5.4.4": "sn", "gn": "givenname", "2.5.4.42": "givenname",
]

private func shortName(of type: String) -> String {
    let small = type.lowercased()
    return shortNames[small] ?? small
}

/// A copy of what libldap holds.
func bytes(of value: berval) -> [UInt8] {
    guard let start = value.bv_val else { return [] }
    return Array(UnsafeRawBufferPointer(start: start, count: Int(value.bv_len)))
}
