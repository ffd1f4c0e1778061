import Model
import SQL
import StrictJSON

/// A signed-in person's own enrollments, and the questions to choose from (E1).
struct ReadEnrollments: Sendable {
    let collaborators: Collaborators

    /// Each type: enabled, enforced, enrolled, since when, the address masked (PR-01).
    func run(_ session: Session) async throws -> JSON {
        let live = try await LiveRole.ofOperator(session, collaborators)
        let (enrolled, link) = try await collaborators.database.read { connection in
            (
                try EnrollmentStore.all(of: session.account, connection),
                try LinkStore.find(session.account, connection)
            )
        }
        let policy = live.role.authentication
        let types = try AuthenticationType.allCases.map { type -> JSON in
            let enrollment = enrolled.first { $0.type == type }
            return .object([
                "type": .string(type.rawValue), "enabled": .bool(policy.enabled.contains(type)),
                "enforced": .bool(policy.enforced.contains(type)), "enrolled": .bool(enrollment != nil),
                "enrolledAt": enrollment.map { .string($0.enrolledAt.rfc3339) },
                "label": enrollment?.label.map(JSON.string),
                "address": try enrollment.flatMap { try contact(of: $0, collaborators)?.masked }.map(JSON.string),
            ])
        }
        return .object([
            "account": .string(session.account.text), "linkedTo": link.map { .string($0.master.text) },
            "chosenByUser": .integer(Int64(policy.chosenByUser)),
            "types": .array(types),
        ])
    }

    /// The pool, how many to choose, how long an answer is at least.
    func questions(_ session: Session) async throws -> JSON {
        let policy = try await LiveRole.ofOperator(session, collaborators).role.authentication
        let pool = try await collaborators.database.read {
            try QuestionStore.offered(in: session.account.store, $0)
        }
        return .object([
            "questions": .array(
                pool.all.map {
                    .object(["id": .string($0.id.text), "text": .string($0.text)])
                }),
            "count": .integer(Int64(policy.questionsToEnroll)),
            "minimumAnswerLength": .integer(Int64(policy.minimumAnswerLength)),
        ])
    }
}
