import Audit
import AuthAPI
import Messaging
import Model
import SQL

/// Sends an access code to the address the caller enrolled (V3). The address comes from the enrollment, never from the
/// request (AC-06).
struct SendCode: Sendable {
    let collaborators: Collaborators

    func run(
        _ session: Session, _ id: VerificationID, _ type: AuthenticationType, origin: Origin
    ) async throws {
        let now = collaborators.clock.now()
        let codes = AccessCodes(
            keyring: collaborators.keyring, random: collaborators.random, limits: collaborators.limits)
        try await collaborators.database.write { [collaborators] transaction in
            let verification = try OpenVerification(collaborators: collaborators)
                .find(id, of: session, at: now, transaction)
            let contact = try target(of: verification, type, at: now, transaction)
            if let wait = try codes.wait(before: contact.address, at: now, transaction) {
                throw AuthError.codeTooSoon(retryAfter: wait)
            }
            // No code outlives its verification.
            let expires = min(now + codes.lifetime(contact.channel), verification.expiresAt)
            let message = try enqueue(codes, verification, contact, expires, transaction)
            try CodeStore.save(message, transaction)
            try codes.noteSend(to: contact.address, scope: message.scope, at: now, transaction)
            try VerificationStore.keepOpen(verification.id, until: expires, at: now, transaction)
            if verification.status == .created {
                _ = try VerificationStore.move(
                    verification.id, from: .created, to: .challenged, at: now, transaction)
            }
            let events = VerificationEvents(verification: verification, origin: origin, now: now)
            _ = try collaborators.audit.append(events.codeSent(type), in: transaction)
        }
        collaborators.wakeOutbox()
    }

    private func target(
        of verification: Verification, _ type: AuthenticationType, at now: Timestamp, _ transaction: Transaction
    ) throws -> Contact {
        guard verification.requirement.eligible.contains(type),
            let enrollment = try EnrollmentStore.find(verification.subject, type, transaction),
            let contact = try contact(of: enrollment, collaborators)
        else { throw AuthError.typeNotOffered }
        guard try !VerifiedTypeStore.all(of: verification.id, transaction).contains(type) else {
            throw AuthError.alreadyVerified
        }
        let failures = try FailureStore.find(verification.subject, type, transaction)
        guard !failures.isLocked(at: now) else { throw AuthError.typeNotOffered }
        return contact
    }

    private func enqueue(
        _ codes: AccessCodes, _ verification: Verification, _ contact: Contact, _ expires: Timestamp,
        _ transaction: Transaction
    ) throws -> StoredCode {
        let now = collaborators.clock.now()
        let type: AuthenticationType = contact.channel == .sms ? .mobile : .email
        let scope = StoredCode.scope(verification.id, type)
        let code = codes.newCode()
        var message = OutboxMessage(
            id: collaborators.random.identifier(), kind: .accessCode, channel: contact.channel,
            address: contact.address,
            fields: [
                "action": verification.action.rawValue, "code": code,
                "minutes": String(max((expires - now).wholeSeconds / 60, 1)),
            ])
        message.language = verification.language
        message.expires = expires
        message.group = scope
        // A code still waiting to go out is dead already: do not send it (AC-04).
        try collaborators.outbox.discard(group: scope, in: transaction)
        try collaborators.outbox.enqueue(message, in: transaction)
        return StoredCode(
            scope: scope, contact: contact.id, message: message.id,
            mac: codes.mac(Array(code.utf8), scope: scope, contact: contact.id),
            sentAt: now, expiresAt: expires, tries: 0, isUsed: false)
    }
}
