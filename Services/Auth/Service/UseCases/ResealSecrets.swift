import Audit
import Crypto
import Model
import Platform
import SQL

/// Seals every secret of the auth service again under the current sealing key (TP-03), so that an old key file can go.
///
/// Works in small batches beside a running service: each row is replaced only if it is still the one that was read.
/// Messages waiting to be sent are left out; they are gone within a day.
public struct ResealSecrets: Sendable {
    let database: any Database
    let keyring: Keyring
    let audit: AuditLog
    let clock: any Clock

    /// Composes it.
    public init(database: any Database, keyring: Keyring, audit: AuditLog, clock: any Clock) {
        self.database = database
        self.keyring = keyring
        self.audit = audit
        self.clock = clock
    }

    /// - Returns: how many secrets were sealed again.
    public func run() async throws -> Int {
        var count = 0
        for secret in try await database.read({ try SealedSecretStore.all($0) })
        where keyring.keyID(of: secret.sealed) != keyring.currentKeyID {
            let fresh = try keyring.seal(
                try keyring.open(secret.sealed, context: secret.context), context: secret.context)
            if try await database.write({ try SealedSecretStore.replace(secret, by: fresh, $0) }) { count += 1 }
        }
        let total = count
        try await database.write { [audit, clock] transaction in
            let event = AuditEvent(.keyRotation, by: .system, at: clock.now()).because("resealed")
                .with { $0.detail = [.init(name: "count", value: .integer(Int64(total)))] }
            _ = try audit.append(event, in: transaction)
        }
        return total
    }
}
