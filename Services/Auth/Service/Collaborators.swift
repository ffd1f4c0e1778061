import Audit
import Crypto
import Directory
import Messaging
import Model
import Observability
import Platform
import SQL

/// What the use cases of the auth service work with. Composed once at start; nothing in it changes afterwards.
public struct Collaborators: Sendable {
    let database: any Database
    let stores: IdentityStoreRegistry
    let keyring: Keyring
    let hasher: PasswordHasher
    let clock: any Clock
    let random: any RandomSource
    let limits: SecurityLimits
    let roles: RolesInForce
    let audit: AuditLog
    let outbox: Outbox
    let tokens: TokenIssuer
    let log: Log
    /// Tells the outbox worker that something is waiting.
    let wakeOutbox: @Sendable () -> Void

    /// Composes them.
    public init(
        storage: Storage, directory: DirectorySide, system: System, messaging: MessagingSide, tokens: TokenIssuer
    ) {
        database = storage.database
        keyring = storage.keyring
        audit = storage.audit
        hasher = storage.hasher
        stores = directory.stores
        roles = directory.roles
        clock = system.clock
        random = system.random
        limits = system.limits
        log = system.log
        outbox = messaging.outbox
        wakeOutbox = messaging.wake
        self.tokens = tokens
    }

    /// Where state is kept.
    public struct Storage: Sendable {
        let database: any Database
        let keyring: Keyring
        let audit: AuditLog
        let hasher: PasswordHasher

        /// Makes it of its parts.
        public init(database: any Database, keyring: Keyring, audit: AuditLog, hasher: PasswordHasher) {
            self.database = database
            self.keyring = keyring
            self.audit = audit
            self.hasher = hasher
        }
    }

    /// Who people are and what they may do.
    public struct DirectorySide: Sendable {
        let stores: IdentityStoreRegistry
        let roles: RolesInForce

        /// Makes it of its parts.
        public init(stores: IdentityStoreRegistry, roles: RolesInForce) {
            self.stores = stores
            self.roles = roles
        }
    }

    /// The machine, as far as a test replaces it.
    public struct System: Sendable {
        let clock: any Clock
        let random: any RandomSource
        let limits: SecurityLimits
        let log: Log

        /// Makes it of its parts.
        public init(clock: any Clock, random: any RandomSource, limits: SecurityLimits, log: Log) {
            self.clock = clock
            self.random = random
            self.limits = limits
            self.log = log
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

/// Where a request came from, for the history.
public struct Origin: Sendable, Equatable {
    /// The client's address.
    public let address: String
    /// What the client calls itself, cut to 200 characters.
    public let client: String?

    /// Makes it of its parts.
    public init(address: String, client: String?) {
        self.address = address
        self.client = client.map { String($0.unicodeScalars.prefix(200)) }
    }
}
