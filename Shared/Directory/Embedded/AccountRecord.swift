import Model
import SQL

/// One row of `accounts`, with the path of its container.
struct AccountRecord: Sendable {
    let entry: String
    var login: Login
    var person: PersonFields
    var password: PasswordFields
    var lock = LockFields()
    var isDisabled = false
    var accountExpires: Timestamp?
    var version: CredentialVersion
}

/// What describes a person.
struct PersonFields: Sendable, Equatable {
    var displayName: String
    var firstName = ""
    var lastName = ""
    var mail: String?
    var mobile: String?
    var language: String?
    var container = Container(components: [])
}

/// The password and its life.
struct PasswordFields: Sendable, Equatable {
    /// Argon2id as a PHC string; `nil`: no password yet, nobody signs in.
    var hash: String?
    var setAt: Timestamp?
    /// Without meaning where `neverExpires`; `nil`: does not expire.
    var expires: Timestamp?
    var neverExpires = false
    var mustChange = false

    func hasExpired(at now: Timestamp) -> Bool {
        guard !neverExpires, let expires else { return false }
        return expires <= now
    }

    /// S4: an account that must change its password is not shown as one whose password never expires.
    var expiry: Fact<Timestamp> {
        if !neverExpires, let expires { return .at(expires) }
        return mustChange ? .unknown : .never
    }
}

/// Wrong passwords and the lock they led to.
struct LockFields: Sendable, Equatable {
    var failures = 0
    var lockedAt: Timestamp?
    /// `nil` under a `lockedAt`: until somebody unlocks.
    var lockedUntil: Timestamp?

    func isLocked(at now: Timestamp) -> Bool {
        guard lockedAt != nil else { return false }
        guard let lockedUntil else { return true }
        return now < lockedUntil
    }

    /// The fields after one more wrong password; a lock that has lapsed starts the count anew.
    func countingFailure(at now: Timestamp, policy: EmbeddedStorePolicy) -> LockFields {
        let failures = (lockedAt == nil ? failures : 0) + 1
        guard policy.lockAfterFailures > 0, failures >= policy.lockAfterFailures else {
            return LockFields(failures: failures)
        }
        let until = policy.lockDuration > .zero ? now + policy.lockDuration : nil
        return LockFields(failures: failures, lockedAt: now, lockedUntil: until)
    }
}

extension AccountRecord {
    /// The account as other modules see it.
    func account(of store: StoreID, groups: Set<String>, at now: Timestamp) throws(StoreError) -> DirectoryAccount {
        guard let id = AccountID(store: store, entry: entry) else {
            throw .malformed("An entry of the store \(store) has an id that is none.")
        }
        var account = DirectoryAccount(
            id: id, login: login.text, displayName: person.displayName, container: person.container,
            credentialVersion: version.text)
        account.firstName = person.firstName
        account.lastName = person.lastName
        account.mail = person.mail
        account.mobile = person.mobile
        account.language = person.language
        account.groups = groups
        account.isDisabled = isDisabled
        account.isLocked = lock.isLocked(at: now)
        account.lockedUntil = account.isLocked ? lock.lockedUntil : nil
        account.passwordExpires = password.expiry
        account.lastPasswordSet = password.setAt.map { .at($0) } ?? .never
        account.mustChange = password.mustChange
        account.accountExpired = hasExpired(at: now)
        return account
    }

    /// Whether the account itself has expired.
    func hasExpired(at now: Timestamp) -> Bool {
        accountExpires.map { $0 <= now } ?? false
    }
}
