/// An entry of a search's answer.
struct LDAPEntry: Sendable, Equatable {
    /// Its name, as the server writes it.
    let dn: String
    /// Values by the attribute's name in small letters, options included (`member;range=0-1499`).
    let attributes: [String: [[UInt8]]]
    /// What came with it.
    let controls: [LDAPControl]

    /// The values of an attribute; none when it is absent.
    func values(_ name: LDAPAttributeName) -> [[UInt8]] { attributes[name.text.lowercased()] ?? [] }

    /// The first value as text; `nil` when it is absent, empty or no UTF-8.
    func text(_ name: LDAPAttributeName) -> String? { texts(name).first }

    /// The values that are text.
    func texts(_ name: LDAPAttributeName) -> [String] {
        values(name).compactMap { String(validating: $0, as: UTF8.self) }.filter { !$0.isEmpty }
    }

    /// The first value as a truth (RFC 4517 §3.3.3); `nil` when it is absent or none.
    func boolean(_ name: LDAPAttributeName) -> Bool? {
        switch text(name)?.lowercased() {
        case "true": true
        case "false": false
        default: nil
        }
    }

    /// The first value as a whole number; `nil` when it is absent or none.
    func integer(_ name: LDAPAttributeName) -> Int64? { text(name).flatMap { Int64($0) } }
}
