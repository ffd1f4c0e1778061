import Crypto
import Model
import StrictJSON
import Web

extension Call where Caller == HelpdeskCaller {
    /// Whose request it is, its key, and a keyed digest of everything that is asked (CR-03).
    func identity(for desk: DeskOperator, body: JSON, _ keyring: Keyring) throws(Problem) -> IdempotentRequest {
        let key = try request.idempotencyKey()
        let text = Array("\(request.method) \(request.path)\n".utf8) + body.canonical.serialized()
        return IdempotentRequest(
            operatorAccount: desk.person.account, key: key,
            fingerprint: keyring.mac(text, purpose: "idempotent-request"))
    }
}

extension JSON {
    /// The same value with the members of every object in the order of their names: one text for one meaning.
    fileprivate var canonical: JSON {
        switch self {
        case .null, .bool, .integer, .number, .string: self
        case .array(let items): .array(items.map(\.canonical))
        case .object(let members):
            .object(
                members.map { JSONMember(name: $0.name, value: $0.value.canonical) }
                    .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
        }
    }
}
