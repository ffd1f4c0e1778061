import Audit
import Directory
import Messaging
import Model
import SQL

/// What every enrollment ends with: the row, the history, the owner's notices.
struct Enrolling: Sendable {
    let collaborators: Collaborators
    let session: Session
    let live: LiveRole
    let origin: Origin

    /// One enrollment about to count.
    struct Confirmed: Sendable {
        let type: AuthenticationType
        var contact: ContactID?
        var sealed: [UInt8]?
        var lastStep: Int64?
    }

    /// Makes an enrollment count where the check, which runs in the same transaction, says so.
    ///
    /// The notices go to every address that was enrolled before, so that somebody who enrolls in another's name is
    /// seen; the old address of a changed one hears that it was replaced (AC-06).
    ///
    /// - Parameter check: answers what to enroll, or `nil`; what it wrote stays in either case, so that a wrong code
    ///   stays counted.
    /// - Returns: whether the enrollment counts now.
    func finish(_ check: @escaping @Sendable (Transaction) throws -> Confirmed?) async throws -> Bool {
        let now = collaborators.clock.now()
        let counts = try await collaborators.database.write { [collaborators] transaction -> Bool in
            // The lock of the history's chain: of enrolling an account and linking it, one sees the other.
            try transaction.enlist(collaborators.audit)
            guard try LinkStore.find(session.account, transaction) == nil else { throw AuthError.accountLinked }
            guard let confirmed = try check(transaction) else { return false }
            try save(confirmed, at: now, transaction)
            return true
        }
        collaborators.wakeOutbox()
        return counts
    }

    private func save(_ confirmed: Confirmed, at now: Timestamp, _ transaction: Transaction) throws {
        let account = session.account
        let type = confirmed.type
        let before = try EnrollmentStore.find(account, type, transaction)
        for enrollment in try EnrollmentStore.all(of: account, transaction) {
            let isReplaced = enrollment.type == type && enrollment.contact != nil
            try tell(isReplaced ? .addressChanged : .factorEnrolled, type, at: enrollment, transaction)
        }
        try EnrollmentStore.save(
            Enrollment(
                account: account, type: type, enrolledAt: before?.enrolledAt ?? now,
                changedAt: before == nil ? nil : now, contact: confirmed.contact, sealed: confirmed.sealed,
                lastStep: confirmed.lastStep), transaction)
        try PendingEnrollmentStore.remove(account, type, transaction)
        try FailureStore.clear(account, type, transaction)
        try append(.enroll, type, reason: before == nil ? nil : "replaced", at: now, transaction)
    }

    /// Removes an enrollment.
    func remove(_ type: AuthenticationType) async throws {
        let now = collaborators.clock.now()
        let account = session.account
        try await collaborators.database.write { transaction in
            let known = try EnrollmentStore.all(of: account, transaction)
            guard try EnrollmentStore.remove(account, type, transaction) else { throw AuthError.notEnrolled }
            if type == .securityQuestions { try AnswerStore.removeAll(of: account, transaction) }
            try PendingEnrollmentStore.remove(account, type, transaction)
            for enrollment in known {
                try tell(.factorRemoved, type, at: enrollment, transaction)
            }
            try append(.unenroll, type, reason: nil, at: now, transaction)
        }
        collaborators.wakeOutbox()
    }

    private func tell(
        _ kind: MessageKind, _ type: AuthenticationType, at enrollment: Enrollment, _ transaction: Transaction
    ) throws {
        guard let address = try contact(of: enrollment, collaborators)?.noticeAddress else { return }
        try OwnerNotice(collaborators: collaborators, language: live.account.language).enqueue(
            kind, to: [address], login: live.account.login, fields: ["factor": type.rawValue], transaction)
    }

    private func append(
        _ kind: AuditKind, _ type: AuthenticationType, reason: String?, at now: Timestamp,
        _ transaction: Transaction
    ) throws {
        let event = AuditEvent(kind, by: .person(session, origin), at: now).about(session.account)
            .because(reason).with { $0.type = type }
        _ = try collaborators.audit.append(event, in: transaction)
    }
}

extension Enrolling {
    /// Who enrolls, and that the account may be enrolled with the type: the role enables it, and no other account's
    /// enrollment serves this one, which would leave its own unused.
    static func begin(
        _ session: Session, _ type: AuthenticationType, _ collaborators: Collaborators
    ) async throws -> LiveRole {
        let live = try await LiveRole.ofOperator(session, collaborators)
        guard live.role.authentication.enabled.contains(type) else { throw AuthError.typeNotEnabled }
        let link = try await collaborators.database.read { try LinkStore.find(session.account, $0) }
        guard link == nil else { throw AuthError.accountLinked }
        return live
    }
}

/// Removes one of a person's own enrollments (E1).
struct RemoveEnrollment: Sendable {
    let collaborators: Collaborators

    func run(_ session: Session, _ type: AuthenticationType, origin: Origin) async throws {
        let live = try await LiveRole.ofOperator(session, collaborators)
        try await Enrolling(collaborators: collaborators, session: session, live: live, origin: origin).remove(type)
    }
}
