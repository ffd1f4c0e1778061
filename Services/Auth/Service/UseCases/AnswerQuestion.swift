import Audit
import AuthAPI
import Crypto
import Model
import SQL
import TextFolding

/// Checks one answer to a security question (V2).
///
/// An answer is compared by Argon2id, too slow for a transaction, so there are two: the first counts the answer as wrong
/// and is durable before anything is compared (AC-03), the second takes that back where it was right. A crash between
/// them leaves a failure too many, never one too few. Both take the lock of the history's chain first, so that replicas
/// count one after the other.
struct AnswerQuestion: Sendable {
    let collaborators: Collaborators

    private struct Reserved: Sendable {
        let verification: Verification
        let stored: StoredAnswer
        let failure: FailureID
    }

    func run(
        _ session: Session, _ id: VerificationID, _ question: QuestionID, answer: String, origin: Origin
    ) async throws -> CheckResult {
        let now = collaborators.clock.now()
        let step = try await collaborators.database.write { transaction in
            try reserve(session, id, question, at: now, transaction)
        }
        let folded = Secret(TextFolding.answer(answer))
        guard let reserved = step.reserved else {
            // The same work for a question that is not asked (SQ-04).
            try await collaborators.hasher.verifyDecoy(folded)
            if let refusal = step.refusal { throw refusal }
            return step.result
        }
        let isRight = try await matches(folded, reserved)
        return try await collaborators.database.write { transaction in
            try settle(reserved, isRight: isRight, origin, at: now, transaction)
        }
    }

    private struct Step: Sendable {
        var reserved: Reserved?
        var refusal: AuthError?
        var result = CheckResult(ok: false, attemptsLeft: 0, status: .challenged)
    }

    private func reserve(
        _ session: Session, _ id: VerificationID, _ question: QuestionID, at now: Timestamp,
        _ transaction: Transaction
    ) throws -> Step {
        try transaction.enlist(collaborators.audit)
        let verification = try OpenVerification(collaborators: collaborators)
            .find(id, of: session, at: now, transaction)
        let asked = try VerificationQuestionStore.all(of: id, transaction)
        guard let item = asked.first(where: { $0.question == question }),
            let stored = try AnswerStore.find(verification.subject, question, transaction)
        else { return Step(refusal: .questionNotAsked) }
        guard item.isRight != true else { return Step(refusal: .questionAnswered) }
        let failures = try FailureStore.find(verification.subject, .securityQuestions, transaction)
        let most = collaborators.limits[SecurityLimits.failuresPerFactor]
        let limits = collaborators.limits
        guard !failures.isLocked(at: now), failures.inARow < most,
            try !FailureStore.hasTooMany(verification.subject, at: now, limits, transaction),
            try VerificationStore.reserveWrongAnswer(
                id, most: limits[SecurityLimits.wrongAnswersPerVerification], transaction)
        else {
            return Step(result: CheckResult(ok: false, attemptsLeft: 0, status: verification.status))
        }
        try FailureStore.save(
            FactorFailures(inARow: failures.inARow + 1, lockedUntil: nil), verification.subject,
            .securityQuestions, transaction)
        let failure: FailureID = collaborators.random.identifier()
        try FailureStore.add(failure, verification.subject, at: now, transaction)
        return Step(reserved: Reserved(verification: verification, stored: stored, failure: failure))
    }

    private func matches(_ folded: Secret, _ reserved: Reserved) async throws -> Bool {
        let context = StoredAnswer.context(reserved.verification.subject, reserved.stored.question)
        guard let hash = try? collaborators.keyring.open(reserved.stored.sealed, context: context).copyText() else {
            try await collaborators.hasher.verifyDecoy(folded)
            return false
        }
        return try await collaborators.hasher.verify(folded, against: hash)
    }

    private func settle(
        _ reserved: Reserved, isRight: Bool, _ origin: Origin, at now: Timestamp, _ transaction: Transaction
    ) throws -> CheckResult {
        try transaction.enlist(collaborators.audit)
        let id = reserved.verification.id
        guard let verification = try VerificationStore.find(id, transaction), verification.status.isOpen else {
            throw AuthError.verificationNotOpen
        }
        try VerificationQuestionStore.settle(reserved.stored.question, in: id, isRight: isRight, transaction)
        let progress = VerificationProgress(
            collaborators: collaborators, verification: verification, origin: origin, now: now)
        let most = collaborators.limits[SecurityLimits.wrongAnswersPerVerification]
        if isRight {
            try takeBack(reserved, transaction)
            let status = try progressAfterRightAnswer(verification, progress, transaction)
            return CheckResult(
                ok: true, attemptsLeft: max(most - verification.wrongAnswers + 1, 0), status: status)
        }
        let left = max(most - verification.wrongAnswers, 0)
        try progress.append(progress.events.checked(.securityQuestions, isRight: false), transaction)
        let exhausted: Set<AuthenticationType> = left == 0 ? [.securityQuestions] : []
        let (status, factorLeft) = try progress.settleFailure(
            .securityQuestions, exhausted: exhausted, transaction)
        return CheckResult(ok: false, attemptsLeft: min(left, factorLeft), status: status)
    }

    private func takeBack(_ reserved: Reserved, _ transaction: Transaction) throws {
        let subject = reserved.verification.subject
        try VerificationStore.takeBackWrongAnswer(reserved.verification.id, transaction)
        let failures = try FailureStore.find(subject, .securityQuestions, transaction)
        try FailureStore.save(
            FactorFailures(inARow: max(failures.inARow - 1, 0), lockedUntil: failures.lockedUntil), subject,
            .securityQuestions, transaction)
        try FailureStore.takeBack(reserved.failure, transaction)
    }

    /// With enough right answers the questions are verified, and the next call is asked others.
    private func progressAfterRightAnswer(
        _ verification: Verification, _ progress: VerificationProgress, _ transaction: Transaction
    ) throws -> VerificationStatus {
        let right = try VerificationQuestionStore.all(of: verification.id, transaction).filter { $0.isRight == true }
        guard right.count >= max(verification.requirement.questions.right, 1) else {
            let next = verification.status == .created ? .challenged : verification.status
            _ = try VerificationStore.move(
                verification.id, from: verification.status, to: next, at: progress.now, transaction)
            return next
        }
        try AskedQuestionStore.clear(verification.subject, transaction)
        return try progress.succeed(.securityQuestions, transaction)
    }
}
