import Audit
import Crypto
import Messaging
import Model
import Platform
import SQL

/// Enrolls a mobile number or a mail address: a code goes there, and only the right code makes it count (E1).
struct EnrollAddress: Sendable {
    let collaborators: Collaborators

    func start(
        _ session: Session, _ type: AuthenticationType, address: String, origin: Origin
    ) async throws {
        guard let channel = type.channel else { throw AuthError.typeNotEnabled }
        let live = try await Enrolling.begin(session, type, collaborators)
        if channel == .sms, !collaborators.outbox.smsPolicy.allows(address) { throw AuthError.countryNotAllowed }
        let now = collaborators.clock.now()
        let account = session.account
        let contact: ContactID = collaborators.random.identifier()
        let sealed = try collaborators.keyring.seal(
            Secret(address), context: Enrollment.context(account, type))
        let codes = AccessCodes(
            keyring: collaborators.keyring, random: collaborators.random, limits: collaborators.limits)
        try await collaborators.database.write { [collaborators] transaction in
            let scope = StoredCode.scope(enrollmentOf: account, type)
            let waits = [
                try codes.wait(before: address, at: now, transaction),
                try codes.wait(inScope: scope, at: now, transaction),
            ].compactMap { $0 }
            if let wait = waits.max() { throw AuthError.codeTooSoon(retryAfter: wait) }
            let expires = now + codes.lifetime(channel)
            let code = codes.newCode()
            var message = OutboxMessage(
                id: collaborators.random.identifier(), kind: .enrollmentCode, channel: channel, address: address,
                fields: ["code": code, "minutes": String(codes.lifetime(channel).wholeSeconds / 60)])
            message.language = live.account.language
            message.expires = expires
            message.group = scope
            try collaborators.outbox.discard(group: scope, in: transaction)
            try collaborators.outbox.enqueue(message, in: transaction)
            try CodeStore.save(
                StoredCode(
                    scope: scope, contact: contact, message: message.id,
                    mac: codes.mac(Array(code.utf8), scope: scope, contact: contact), sentAt: now,
                    expiresAt: expires, tries: 0, isUsed: false), transaction)
            try codes.noteSend(to: address, scope: scope, at: now, transaction)
            try codes.noteSend(to: scope, scope: scope, at: now, transaction)
            try PendingEnrollmentStore.save(
                PendingEnrollment(
                    account: account, type: type, contact: contact, sealed: sealed, expiresAt: expires),
                transaction)
        }
        collaborators.wakeOutbox()
    }

    /// Makes the address count when the code is right.
    func confirm(_ session: Session, _ type: AuthenticationType, code: Secret, origin: Origin) async throws {
        let live = try await Enrolling.begin(session, type, collaborators)
        let now = collaborators.clock.now()
        let account = session.account
        let codes = AccessCodes(
            keyring: collaborators.keyring, random: collaborators.random, limits: collaborators.limits)
        let scope = StoredCode.scope(enrollmentOf: account, type)
        let outcome = Lock(AccessCodes.Outcome.none)
        let counts = try await Enrolling(collaborators: collaborators, session: session, live: live, origin: origin)
            .finish { transaction in
                guard let pending = try PendingEnrollmentStore.find(account, type, transaction) else { return nil }
                let result = try codes.check(code, scope: scope, contact: pending.contact, at: now, transaction)
                outcome.withLock { $0 = result }
                guard result == .right else { return nil }
                try CodeStore.remove(scope, transaction)
                return Enrolling.Confirmed(type: type, contact: pending.contact, sealed: pending.sealed)
            }
        guard !counts else { return }
        switch outcome.withLock({ $0 }) {
        case .wrong(let left): throw AuthError.confirmationWrong(attemptsLeft: left)
        case .none, .right: throw AuthError.nothingToConfirm
        }
    }
}

/// The addresses that can be enrolled.
enum EnrollableAddress {
    /// A mobile number in international form (E.164): spaces, hyphens and brackets are dropped.
    static func mobile(_ text: String) throws(AuthError) -> String {
        let kept = String(
            String.UnicodeScalarView(text.unicodeScalars.filter { !" -()./".unicodeScalars.contains($0) }))
        guard E164.isNumber(kept) else { throw .invalidNumber }
        return kept
    }

    /// A mail address messages can go to, whose domain has a dot. What exists is known only when the code arrives.
    static func mail(_ text: String) throws(AuthError) -> String {
        guard MessageChannelKind.email.takes(text), text.split(separator: "@").last?.contains(".") ?? false else {
            throw .invalidAddress
        }
        return text
    }
}
