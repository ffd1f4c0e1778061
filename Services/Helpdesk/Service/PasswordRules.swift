import Directory
import Model
import Passwords

/// What new passwords have to be like, store by store (PW-01).
public struct PasswordRules: Sendable {
    private let checkers: [StoreID: PasswordChecker]
    private let generator: PasswordGenerator

    /// Rules for the stores named; a store that is not named takes no password from here.
    public init(checkers: [StoreID: PasswordChecker], generator: PasswordGenerator) {
        self.checkers = checkers
        self.generator = generator
    }

    /// Everything that is wrong with a password for these accounts, each problem once.
    func problems(with password: Secret, for accounts: [DirectoryAccount]) async -> [PasswordProblem] {
        var found: [PasswordProblem] = []
        for account in accounts {
            guard let checker = checkers[account.id.store] else { return [.notChecked] }
            for problem in await checker.check(password, personal: account.personalWords) {
                if !found.contains(problem) { found.append(problem) }
            }
        }
        return found
    }

    /// What holds in a store; `nil` for one that takes no password from here.
    func policy(of store: StoreID) -> PasswordPolicy? { checkers[store]?.policy }

    /// A password that is right for all these accounts.
    func generate(for accounts: [DirectoryAccount]) async throws(HelpdeskError) -> Secret {
        guard let first = accounts.first, let checker = checkers[first.id.store] else { throw .passwordImpossible }
        for _ in 0..<20 {
            guard let password = await generator.generate(passing: checker, personal: first.personalWords) else {
                break
            }
            if await problems(with: password, for: accounts).isEmpty { return password }
        }
        throw .passwordImpossible
    }

    /// A password that is right for a store, whoever it is for.
    func generate(for store: StoreID) async throws(HelpdeskError) -> Secret {
        guard let checker = checkers[store] else { throw .storeNotFound }
        guard let password = await generator.generate(passing: checker, personal: []) else {
            throw .passwordImpossible
        }
        return password
    }
}

extension DirectoryAccount {
    /// Words a password of this person must not be made of; the login first.
    fileprivate var personalWords: [String] {
        [login, displayName, firstName, lastName, mail ?? ""].filter { !$0.isEmpty }
    }
}
