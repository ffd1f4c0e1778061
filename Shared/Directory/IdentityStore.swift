import Model

/// One directory of people: it checks passwords, tells the state of an account, and writes resets and unlocks.
///
/// Each store lives in a folder of its own, is named by one line in ``IdentityStoreRegistry``, and passes the one
/// conformance suite of `Tests/DirectoryTests`. What a store cannot do it declares in ``capabilities`` and refuses with
/// ``StoreError/unsupported(_:)``. Every call has a deadline of the store's own configuration.
public protocol IdentityStore: Sendable {
    /// The store's id, the first half of every ``AccountID`` in it.
    var id: StoreID { get }
    /// The name people see.
    var name: String { get }
    /// The domain people see beside the name, for example `staff.example.org`.
    var domain: String { get }
    /// What stands behind it.
    var kind: IdentityStoreKind { get }
    /// What it can do, and why not the rest.
    var capabilities: StoreCapabilities { get }

    /// Checks a password as the directory does at its own sign-in.
    ///
    /// An unknown login costs the same work as a known one and looks the same from outside (RL-03). A password that
    /// has expired is refused, as a directory refuses the bind; an account that must change its password is accepted
    /// with ``DirectoryAccount/mustChange`` set, and the caller decides. Wrong passwords count toward the directory's
    /// own lock.
    func signIn(login: String, password: Secret) async throws(StoreError) -> SignInOutcome

    /// Reads one account; `nil` when the entry is not there (deleted, or of another store).
    func account(_ entry: AccountID) async throws(StoreError) -> DirectoryAccount?

    /// Reads the account of a login, for imports by name; `nil` when there is none. Logins can be given to somebody
    /// else: keep the id, never the login.
    func account(login: String) async throws(StoreError) -> DirectoryAccount?

    /// Reads several accounts in as few queries as the store allows; those that are not there are left out.
    func accounts(_ entries: [AccountID]) async throws(StoreError) -> [DirectoryAccount]

    /// Sets a password by administrative right, clears the lock and the failures (R13), and answers the new
    /// credential version.
    ///
    /// The directory's own policy holds; its refusal is ``StoreError/refused(code:message:)`` in words (PW-01). Call it
    /// once for an operation: a directory that keeps no record of operations writes a second time.
    ///
    /// - Throws: ``StoreError/notFound`` for a deleted entry; ``StoreError/outcomeUnknown(_:)`` when the write may have
    ///   happened: settle with ``settlement(of:account:since:setting:)``, never write again (CR-04).
    func resetPassword(
        of entry: AccountID, to password: Secret, mustChange: Bool, operation: OperationID
    ) async throws(StoreError) -> String

    /// Clears the lock and the failures and answers the new credential version. An account that is not locked stays as
    /// it is. Call it once for an operation, as ``resetPassword(of:to:mustChange:operation:)``.
    func unlock(_ entry: AccountID, operation: OperationID) async throws(StoreError) -> String

    /// Decides by reading whether a write happened (CR-04).
    ///
    /// A directory without a record of operations takes a reset for done when the password is in force that it was to
    /// set, which it finds out by a sign-in: make passwords that nobody else sets. Where another one is in force, that
    /// sign-in counts as one wrong password.
    ///
    /// - Parameters:
    ///   - version: the credential version that was read before the write was begun.
    ///   - password: what the write was to set, where it is still known; `nil` for an unlock. A directory that keeps no
    ///     record of operations tells by it whose password is in force.
    func settlement(
        of operation: OperationID, account: AccountID, since version: String, setting password: Secret?
    ) async throws(StoreError) -> Settlement

    /// Tells what has changed since a cookie; everything when there is none or the store does not know it anymore.
    ///
    /// Ends after `finished`, or throws: ``StoreError``, or what `receive` throws. One run at a time for each store.
    func synchronize(
        after cookie: SyncCookie?, receive: @Sendable (SyncEvent) async throws -> Void
    ) async throws

    /// Reads the store's own way of writing a place in its tree (a DN, a path); `nil` when it is malformed.
    func container(parsing text: String) -> Container?

    /// Reads the store's own way of naming a group (a DN, a name, an object id) as ``DirectoryAccount/groups`` has it;
    /// `nil` when it is malformed. Where names can be had twice in a directory, a name alone is malformed: whoever may
    /// make a group anywhere in the tree must not get a role by its name.
    func group(parsing text: String) -> String?

    /// Whether there is a group of this name, written as ``group(parsing:)`` answers it. Rules that name a group that is
    /// not there hold for nobody.
    func hasGroup(_ name: String) async throws(StoreError) -> Bool

    /// Answers when the store can serve, for readiness and diagnosis.
    func check() async throws(StoreError)

    /// Lets go of files and connections; later calls are ``StoreError/unavailable(_:)``.
    func close()
}

extension IdentityStore {
    /// One read an account; a store that can do better does.
    public func accounts(_ entries: [AccountID]) async throws(StoreError) -> [DirectoryAccount] {
        var found: [DirectoryAccount] = []
        for entry in entries {
            if let account = try await account(entry) { found.append(account) }
        }
        return found
    }

    /// Nothing to let go of.
    public func close() {}
}

/// What stands behind an identity store.
public enum IdentityStoreKind: String, CaseIterable, Sendable {
    /// A database file of Latchkey's own.
    case embedded
    /// Microsoft Entra ID over Microsoft Graph.
    case entraID
    /// A directory that speaks LDAPv3, OpenLDAP for example.
    case ldap
    /// A domain of Active Directory over LDAP.
    case activeDirectory
}
