/// A search (RFC 4511 §4.5).
struct LDAPSearch: Sendable {
    /// How far below the base it looks.
    enum Scope: Sendable {
        case base, oneLevel, subtree
    }

    /// The entry it starts from; empty for the root DSE.
    var base: String
    var scope = Scope.subtree
    var filter: LDAPFilter
    /// What to tell of each entry; operational attributes only where named.
    var attributes: [LDAPAttributeName]
    /// Entries at most; 0 leaves it to the server.
    var sizeLimit: Int32 = 0
    var controls: [LDAPControl] = []
}

/// What a search answers, in the order the server sends it.
enum LDAPSearchItem: Sendable {
    case entry(LDAPEntry)
    /// Another server has more; never followed by itself.
    case reference([String])
    /// A message between entries (RFC 4511 §4.13).
    case intermediate(id: String, value: [UInt8])
    /// The end.
    case done(LDAPResult)
}

/// One change of a Modify (RFC 4511 §4.6).
struct LDAPModification: Sendable {
    enum Kind: Sendable {
        case add, delete, replace
    }

    let kind: Kind
    let attribute: LDAPAttributeName
    /// None: deletes the attribute, whether it is there (`replace`) or has to be (`delete`).
    let values: [[UInt8]]

    static func add(_ attribute: LDAPAttributeName, _ values: [[UInt8]]) -> LDAPModification {
        LDAPModification(kind: .add, attribute: attribute, values: values)
    }

    static func delete(_ attribute: LDAPAttributeName, _ values: [[UInt8]] = []) -> LDAPModification {
        LDAPModification(kind: .delete, attribute: attribute, values: values)
    }

    static func replace(_ attribute: LDAPAttributeName, _ values: [[UInt8]]) -> LDAPModification {
        LDAPModification(kind: .replace, attribute: attribute, values: values)
    }
}
