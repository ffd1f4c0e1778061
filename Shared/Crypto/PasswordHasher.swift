import Model
import Platform

/// One-way hashes of passwords and answers: Argon2id (RFC 9106) on threads of its own, so that a burst of sign-ins
/// never holds up Swift's cooperative pool.
///
/// No more than `maximumWaiting` hashes wait for a thread; the next caller gets `busy`, because a queue of expensive
/// work that grows without end is the easiest way to stop a service.
public struct PasswordHasher: Sendable {
    private let parameters: Argon2.Parameters
    private let pool: BlockingPool
    private let state = Lock(State())
    private let random: any RandomSource
    private let threads: Int
    private let maximumWaiting: Int

    private struct State {
        var admitted = 0
        var computed = 0
    }

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - memoryKiB: memory of one hash.
    ///   - passes: passes over it.
    ///   - threads: hashes computed at once.
    ///   - maximumWaiting: hashes that may wait for a thread.
    ///   - random: where salts come from.
    public init(
        memoryKiB: Int = SecurityLimits.argon2MemoryKiB.standard, passes: Int = SecurityLimits.argon2Passes.standard,
        threads: Int = 2, maximumWaiting: Int = 64, random: any RandomSource = SystemRandom()
    ) {
        parameters = Argon2.Parameters(
            memoryKiB: UInt32(clamping: memoryKiB), passes: UInt32(clamping: passes), lanes: 1)
        pool = BlockingPool(name: "password-hash", threads: threads)
        self.random = random
        self.threads = max(1, threads)
        self.maximumWaiting = maximumWaiting
    }

    /// A hash with a salt of its own, as PHC string: `$argon2id$v=19$m=...,t=...,p=1$salt$hash`.
    public func hash(_ password: Secret) async throws(CryptoError) -> String {
        let salt = random.bytes(16)
        let parameters = parameters
        return try await run { () throws(CryptoError) in
            let hash = try Argon2.hash(password, salt: salt, parameters: parameters, count: 32)
            return PHCString(parameters: parameters, salt: salt, hash: hash).text
        }
    }

    /// Whether the hash is one of this password, under whatever parameters the string names. A string that is no
    /// Argon2 hash is never matched, but costs the same work.
    public func verify(_ password: Secret, against phc: String) async throws(CryptoError) -> Bool {
        guard let known = PHCString(phc) else {
            try await verifyDecoy(password)
            return false
        }
        return try await run { () throws(CryptoError) in try known.matches(password) }
    }

    /// The work of one `verify` with nothing to compare, for accounts and questions that do not exist (RL-03, SQ-04).
    public func verifyDecoy(_ password: Secret) async throws(CryptoError) {
        let parameters = parameters
        _ = try await run { () throws(CryptoError) in
            try Argon2.hash(password, salt: [UInt8](repeating: 0, count: 16), parameters: parameters, count: 32)
        }
    }

    /// Whether this string was made with other parameters than today's; then hash again at the next right password.
    public func needsRehash(_ phc: String) -> Bool {
        guard let known = PHCString(phc) else { return true }
        return known.parameters != parameters || known.hash.count < 32
    }

    /// Hashes computed since the start, so that tests can compare work by counting.
    public var hashesComputed: Int { state.withLock { $0.computed } }

    private func run<Result: Sendable>(
        _ body: @escaping @Sendable () throws(CryptoError) -> Result
    ) async throws(CryptoError) -> Result {
        let limit = threads + max(0, maximumWaiting)
        let isAdmitted = state.withLock { state in
            guard state.admitted < limit else { return false }
            state.admitted += 1
            return true
        }
        guard isAdmitted else { throw .busy }
        defer { state.withLock { $0.admitted -= 1 } }
        let state = state
        return try await pool.run { () throws(CryptoError) in
            state.withLock { $0.computed += 1 }
            return try body()
        }
    }
}
