import Model
import StrictJSON

/// Asks for types to be removed from what an account is enrolled with (E2).
public struct UnenrollmentRequest: WireType {
    /// The types; at least one.
    public let types: Set<AuthenticationType>

    /// Makes a request of its parts.
    public init(types: Set<AuthenticationType>) {
        self.types = types
    }

    /// As it travels.
    public var json: JSON { .object(["types": .sorted(types)]) }

    /// Reads it; 1 to 7 different types.
    public init(reader: inout JSONObjectReader) throws(JSONError) {
        var found: Set<AuthenticationType> = []
        for (index, text) in try reader.strings("types", count: 1...7, length: 1...64).enumerated() {
            let place = "\(reader.pointer)/types/\(index)"
            guard let type = AuthenticationType(rawValue: text) else {
                throw JSONError(pointer: place, reason: "is not an authentication type")
            }
            guard found.insert(type).inserted else { throw JSONError(pointer: place, reason: "is named twice") }
        }
        types = found
    }
}

/// What became of it.
public struct Unenrollment: WireType {
    /// The account whose enrollment it was: the one asked for, or the master it is linked to.
    public let account: AccountID
    /// The types removed.
    public let removed: Set<AuthenticationType>
    /// The types that are left.
    public let remaining: Set<AuthenticationType>

    /// Makes it of its parts.
    public init(account: AccountID, removed: Set<AuthenticationType>, remaining: Set<AuthenticationType>) {
        self.account = account
        self.removed = removed
        self.remaining = remaining
    }

    /// As it travels.
    public var json: JSON {
        .object([
            "account": .string(account.text), "removed": .sorted(removed), "remaining": .sorted(remaining),
        ])
    }

    /// Reads it.
    public init(reader: inout JSONObjectReader) throws(JSONError) {
        account = try reader.parsed("account") { AccountID($0) }
        removed = try reader.set("removed")
        remaining = try reader.set("remaining")
    }
}
