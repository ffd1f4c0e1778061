import Configuration
import Passwords

/// What `stores.json5` says about an embedded store.
public struct EmbeddedStoreSettings: Sendable {
    /// The database file.
    public let path: String
    /// The store's rules.
    public let policy: EmbeddedStorePolicy
    /// How long a call waits while another process writes the file.
    public let busyDeadline: Duration

    /// Makes settings of their parts.
    public init(path: String, policy: EmbeddedStorePolicy, busyDeadline: Duration = .seconds(5)) {
        self.path = path
        self.policy = policy
        self.busyDeadline = busyDeadline
    }

    /// Reads `path`, `busySeconds` and the optional `policy`.
    init(_ reader: ConfigurationReader) {
        path = reader.path("path")
        busyDeadline = reader.seconds("busySeconds", default: 5, in: 1...60)
        policy = reader.optionalObject("policy").map { EmbeddedStorePolicy($0) } ?? EmbeddedStorePolicy()
    }
}

/// The rules of one embedded store.
public struct EmbeddedStorePolicy: Sendable {
    /// Wrong passwords in a row that lock the account; 0: never. Default 5, at most 1,000.
    public var lockAfterFailures = 5
    /// How long a lock lasts; zero: until somebody unlocks. Default 15 minutes, at most 30 days.
    public var lockDuration = Duration.seconds(900)
    /// How long a password lasts; zero: for ever, the default (NIST SP 800-63B §3.1.1.2 wants no forced change). At most
    /// ten years.
    public var maximumPasswordAge = Duration.zero
    /// What a new password has to be like.
    public var password = PasswordPolicy()

    /// The defaults.
    public init() {}

    /// Reads `lockAfterFailures`, `lockSeconds`, `maximumPasswordAgeDays`, `minimumLength`, `minimumClasses`,
    /// `bannedWords`, `checkQuality`.
    init(_ reader: ConfigurationReader) {
        lockAfterFailures = reader.integer("lockAfterFailures", default: lockAfterFailures, in: 0...1_000)
        lockDuration = reader.seconds("lockSeconds", default: 900, in: 0...2_592_000)
        maximumPasswordAge = .seconds(86_400 * reader.integer("maximumPasswordAgeDays", default: 0, in: 0...3_650))
        password = PasswordPolicy(reader)
    }
}
