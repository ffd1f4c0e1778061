import Crypto
import Directory
import Model
import SQL
import TextFolding

/// Enrolls a person's own questions and answers (E1, SQ-01, SQ-05).
struct EnrollQuestions: Sendable {
    let collaborators: Collaborators

    struct Answer: Sendable {
        let question: QuestionID
        let text: String
    }

    func run(_ session: Session, _ answers: [Answer], origin: Origin) async throws {
        let live = try await Enrolling.begin(session, .securityQuestions, collaborators)
        let policy = live.role.authentication
        let questions = Set(answers.map(\.question))
        let pool = try await collaborators.database.read {
            try QuestionStore.offered(in: session.account.store, $0)
        }
        guard answers.count == policy.questionsToEnroll, questions.count == answers.count,
            questions.allSatisfy({ pool[$0] != nil })
        else { throw AuthError.questionsRefused(count: policy.questionsToEnroll) }
        let folded = answers.map { TextFolding.answer($0.text) }
        try check(folded, answers.map { pool[$0.question]?.text ?? "" }, live)
        var stored: [StoredAnswer] = []
        for (index, answer) in answers.enumerated() {
            let hash = try await collaborators.hasher.hash(Secret(folded[index]))
            stored.append(
                StoredAnswer(
                    question: answer.question, position: Int64(index),
                    sealed: try collaborators.keyring.seal(
                        Secret(hash), context: StoredAnswer.context(session.account, answer.question)),
                    folding: Int64(TextFolding.answerVersion)))
        }
        let rows = stored
        _ = try await Enrolling(collaborators: collaborators, session: session, live: live, origin: origin)
            .finish { transaction in
                try AnswerStore.replace(all: rows, of: session.account, transaction)
                return Enrolling.Confirmed(type: .securityQuestions)
            }
    }

    private func check(
        _ folded: [String], _ questions: [String], _ live: LiveRole
    ) throws(AuthError) {
        let account = live.account
        let personal = Set(
            ([account.login, account.displayName, account.firstName, account.lastName, account.mail ?? ""]
                + account.displayName.split(separator: " ").map(String.init)).map(TextFolding.answer))
        for (index, answer) in folded.enumerated() {
            let words = questions[index].split(separator: " ")
            if answer.unicodeScalars.count < live.role.authentication.minimumAnswerLength {
                throw .answerRefused(index: index, .tooShort)
            }
            if personal.contains(answer) { throw .answerRefused(index: index, .personal) }
            if words.contains(where: { TextFolding.answer(String($0)) == answer }) {
                throw .answerRefused(index: index, .wordOfQuestion)
            }
            if folded[..<index].contains(answer) { throw .answerRefused(index: index, .repeated) }
        }
    }
}
