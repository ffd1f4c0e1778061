/// A control of a request or of an answer (RFC 4511 §4.1.11).
struct LDAPControl: Sendable, Equatable {
    /// Its numbers.
    let id: String
    /// Its value; `nil` for none, which is not the same as an empty one.
    let value: [UInt8]?
    /// Whether a server that does not know it has to refuse the operation.
    let isCritical: Bool

    init(_ id: String, value: [UInt8]? = nil, isCritical: Bool = false) {
        self.id = id
        self.value = value
        self.isCritical = isCritical
    }
}

extension [LDAPControl] {
    /// The first control of the numbers.
    subscript(id: String) -> LDAPControl? { first { $0.id == id } }
}
