import Audit
import AuthClient
import Crypto
import Directory
import Messaging
import Model
import Observability
import Platform
import SQL

/// What the use cases of the helpdesk service work with. Composed once at start; nothing in it changes afterwards.
public struct Collaborators: Sendable {
    let database: any Database
    let keyring: Keyring
    let audit: AuditLog
    let stores: IdentityStoreRegistry
    let passwords: PasswordRules
    let protected: ProtectedAccounts
    let auth: any CallerVerification
    let keys: AuthKeySet
    let proofs: ProofVerifier
    let clock: any Clock
    let random: any RandomSource
    let limits: SecurityLimits
    let log: Log
    let numbers: DeskNumbers
    let outbox: Outbox
    /// Tells the outbox worker that something is waiting.
    let wakeOutbox: @Sendable () -> Void
    /// How the account index is kept.
    let index: IndexSettings
    /// The name of this process among its replicas; leases are held under it.
    let node: String
    /// Where people enroll; `nil`: nobody can be asked to.
    let enrollmentURL: String?
    /// Who is not asked for pages of users for a moment.
    let silentStores = SilentStores()
    /// Protected groups that were not there when last looked for.
    let missingGroups = Lock([ProtectedAccounts.MissingGroup]())
    /// Files that are being made.
    let exports = ExportDesk()
    /// Where people reach this service, without a slash at its end; `nil` where links cannot be sent (SL-02).
    let publicURL: String?
    /// What has to be settled before its lease ends.
    let stranded = StrandedOperations()
    /// Where a test makes the process die.
    let crashPoints: CrashPoints

    /// Composes them.
    public init(
        storage: Storage, directory: DirectorySide, auth: any CallerVerification, system: System,
        messaging: MessagingSide
    ) {
        database = storage.database
        keyring = storage.keyring
        audit = storage.audit
        stores = directory.stores
        passwords = directory.passwords
        protected = directory.protected
        self.auth = auth
        keys = AuthKeySet(auth: auth, clock: system.clock)
        proofs = ProofVerifier(keys: keys, clock: system.clock)
        clock = system.clock
        random = system.random
        limits = system.limits
        log = system.log
        numbers = system.numbers
        index = system.index
        node = system.node
        enrollmentURL = system.enrollmentURL
        crashPoints = system.crashPoints
        publicURL = system.publicURL
        outbox = messaging.outbox
        wakeOutbox = messaging.wake
    }

    /// Where state is kept.
    public struct Storage: Sendable {
        let database: any Database
        let keyring: Keyring
        let audit: AuditLog

        /// Makes it of its parts.
        public init(database: any Database, keyring: Keyring, audit: AuditLog) {
            self.database = database
            self.keyring = keyring
            self.audit = audit
        }
    }

    /// Who people are and what holds for their passwords.
    public struct DirectorySide: Sendable {
        let stores: IdentityStoreRegistry
        let passwords: PasswordRules
        let protected: ProtectedAccounts

        /// Makes it of its parts.
        public init(stores: IdentityStoreRegistry, passwords: PasswordRules, protected: ProtectedAccounts) {
            self.stores = stores
            self.passwords = passwords
            self.protected = protected
        }
    }

    /// The machine, as far as a test replaces it.
    public struct System: Sendable {
        let clock: any Clock
        let random: any RandomSource
        let limits: SecurityLimits
        let log: Log
        let numbers: DeskNumbers
        let node: String
        /// How the account index is kept.
        public var index = IndexSettings()
        /// Where people enroll.
        public var enrollmentURL: String?
        /// Where a test makes the process die; nowhere otherwise.
        public var crashPoints = CrashPoints.none
        /// Where people reach this service.
        public var publicURL: String?

        /// Makes it of its parts.
        public init(
            clock: any Clock, random: any RandomSource, limits: SecurityLimits, log: Log, numbers: DeskNumbers,
            node: String
        ) {
            self.clock = clock
            self.random = random
            self.limits = limits
            self.log = log
            self.numbers = numbers
            self.node = node
        }
    }

    /// How people are reached.
    public struct MessagingSide: Sendable {
        let outbox: Outbox
        let wake: @Sendable () -> Void

        /// Makes it of its parts.
        public init(outbox: Outbox, wake: @escaping @Sendable () -> Void) {
            self.outbox = outbox
            self.wake = wake
        }
    }
}
