import Model
import StrictJSON

/// Asks what people may enroll, as their own roles say; for messages to many of them.
public struct EnabledTypesQuestion: WireType {
    /// Most accounts of one question.
    public static let maximum = 500
    /// The accounts; at least one.
    public let accounts: [AccountID]

    /// Makes a question of its parts.
    public init(accounts: [AccountID]) {
        self.accounts = accounts
    }

    /// As it travels.
    public var json: JSON { .object(["accounts": .array(accounts.map { .string($0.text) })]) }

    /// Reads it.
    public init(reader: inout JSONObjectReader) throws(JSONError) {
        var accounts: [AccountID] = []
        for (index, text) in try reader.strings("accounts", count: 1...Self.maximum, length: 1...129).enumerated() {
            guard let account = AccountID(text) else {
                throw JSONError(pointer: "\(reader.pointer)/accounts/\(index)", reason: "is not an account id")
            }
            accounts.append(account)
        }
        self.accounts = accounts
    }
}

/// The types each account's authentication policy enables (A1). An account that is not there has
/// none, unless all roles of its store enable the same: then no directory is asked.
public struct EnabledTypes: WireType {
    /// The types.
    public let types: [AccountID: Set<AuthenticationType>]

    /// Makes it of its parts.
    public init(types: [AccountID: Set<AuthenticationType>]) {
        self.types = types
    }

    /// As it travels.
    public var json: JSON {
        let accounts = types.sorted { $0.key.text < $1.key.text }
        return .object([
            "accounts": .array(
                accounts.map { .object(["account": .string($0.key.text), "types": .sorted($0.value)]) })
        ])
    }

    /// Reads it.
    public init(reader: inout JSONObjectReader) throws(JSONError) {
        var types: [AccountID: Set<AuthenticationType>] = [:]
        for var item in try reader.objects("accounts", count: 0...EnabledTypesQuestion.maximum) {
            types[try item.parsed("account") { AccountID($0) }] = try item.set("types")
            try item.finish()
        }
        self.types = types
    }
}
