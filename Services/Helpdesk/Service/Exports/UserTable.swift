import Directory
import Export
import Model

/// The list of users as a table, with the columns of S4 in words for people.
///
/// Made for one export: the words of stores and of sets of types are put together once.
final class UserTable {
    static let layout = TableLayout(
        title: "Users", root: "users", row: "user",
        columns: [
            .init("name", "Name"), .init("store", "Store"), .init("isLocked", "Is Locked"),
            .init("passwordExpiresOn", "Password Expires On"), .init("lastPasswordSet", "Last Password Set"),
            .init("enrolledWith", "Enrolled With"),
        ])

    private let now: Timestamp
    private let stores: [String: String]
    private var types: [Int64: String] = [:]

    init(_ stores: [any IdentityStore], at now: Timestamp) {
        self.now = now
        self.stores = Dictionary(
            stores.map { ($0.id.text, "\($0.name) (\($0.domain))") }, uniquingKeysWith: { first, _ in first })
    }

    func cells(of account: ExportedAccount) -> [String] {
        let isLocked = account.isLocked && (account.lockedUntil.map { now < $0 } ?? true)
        return [
            account.name, stores[account.store] ?? account.store, isLocked ? "Yes" : "No",
            Self.text(account.passwordExpires, never: "Never Expires"),
            Self.text(account.lastPasswordSet, never: "Never"), enrolled(with: account.types),
        ]
    }

    private static func text(_ fact: Fact<Timestamp>, never: String) -> String {
        switch fact {
        case .at(let moment): moment.rfc3339
        case .never: never
        case .unknown: "Unknown"
        }
    }

    private func enrolled(with bits: Int64) -> String {
        if let known = types[bits] { return known }
        let names = AuthenticationType.allCases.filter { EnrolledTypes.types(bits).contains($0) }.map(Self.title)
        let text = names.isEmpty ? "Not Enrolled" : names.joined(separator: ", ")
        types[bits] = text
        return text
    }

    private static func title(_ type: AuthenticationType) -> String {
        switch type {
        case .securityQuestions: "Security Questions"
        case .mobile: "Mobile"
        case .email: "Email"
        case .authenticator: "Authenticator"
        case .linkAccount: "Linked Account"
        case .yubiKey: "YubiKey"
        case .windowsHello: "Windows Hello"
        }
    }
}
