import Crypto
import Model
import Platform

/// The auth service's public keys, kept between uses.
///
/// A token may name a key that is newer than what is kept: then the set is fetched again, but at most once a second, so
/// that invented key ids cannot make this service a hammer. A set older than five minutes is fetched again at the next
/// use, so that a key taken out of service is forgotten; while the auth service does not answer, the old one serves.
public final class AuthKeySet: Sendable {
    private struct Kept {
        var keys: VerificationKeySet?
        var triedAt: Timestamp?
        var fetchedAt: Timestamp?
        var failure: CallerVerificationError?
    }

    private static let leastGap = Duration.seconds(1)
    private static let freshness = Duration.seconds(300)

    private let auth: any CallerVerification
    private let clock: any Clock
    private let kept = Lock(Kept())

    /// Starts without keys.
    public init(auth: any CallerVerification, clock: any Clock) {
        self.auth = auth
        self.clock = clock
    }

    /// Whether any keys are known.
    public var isReady: Bool { kept.withLock { $0.keys != nil } }

    /// The key of this id; `nil` when the auth service does not know it either.
    ///
    /// - Throws: when the key is not known here and the auth service cannot be asked.
    public func key(_ id: String) async throws(CallerVerificationError) -> VerificationKey? {
        let now = clock.now()
        let (known, isFresh) = kept.withLock { kept in
            (kept.keys?[id], kept.fetchedAt.map { now - $0 < Self.freshness } ?? false)
        }
        if let known, isFresh { return known }
        guard mayFetch(at: now) else { return known }
        do {
            return try await fetch(at: now)[id]
        } catch {
            if let known { return known }
            throw error
        }
    }

    /// Answers when the auth service answers, asking at most once a second; for readiness.
    public func check() async throws(CallerVerificationError) {
        let now = clock.now()
        if mayFetch(at: now) {
            _ = try await fetch(at: now)
        } else if let failure = kept.withLock({ $0.failure }) {
            throw failure
        }
    }

    private func fetch(at now: Timestamp) async throws(CallerVerificationError) -> VerificationKeySet {
        do throws(CallerVerificationError) {
            let fresh = try await auth.keySet()
            kept.withLock {
                $0.keys = fresh
                $0.fetchedAt = now
                $0.failure = nil
            }
            return fresh
        } catch {
            kept.withLock { $0.failure = error }
            throw error
        }
    }

    private func mayFetch(at now: Timestamp) -> Bool {
        kept.withLock { kept in
            // With no keys at all there is nothing to fall back on: every caller asks.
            if kept.keys != nil, let last = kept.triedAt, now - last < Self.leastGap, now >= last { return false }
            kept.triedAt = now
            return true
        }
    }
}
