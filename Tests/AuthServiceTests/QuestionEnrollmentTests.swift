import Model
import StrictJSON
import Testing

@testable import AuthService

@Suite struct QuestionEnrollmentTests {
    private static let good = ["ratatouille", "velvet underground", "pumpkin pie", "sorting letters"]

    private func put(_ answers: [String], in house: TestHouse) async throws -> (summary: String, pointer: String?) {
        let anna = try await house.signIn("anna")
        let items = zip(house.questions.all, answers).map { question, answer -> JSON in
            .object(["question": .string(question.id.text), "answer": .string(answer)])
        }
        let response = await house.putQuestions(anna, items)
        return (response.summary, response.json["pointer"]?.stringValue)
    }

    /// SQ-05. Anna Berger signs in as `anna`, her mail is anna@people.example.org; the first question is "What was the
    /// first dish you learned to cook?".
    @Test(arguments: [
        ("ab", "too short"), ("a b", "3 characters with its space"), ("...", "nothing but punctuation"),
        ("a\u{200b}b", "too short without the zero-width space"), ("anna", "the login"),
        ("ANNA!", "the login, dressed up"),
        ("Anna Berger", "the name"), ("berger", "the family name"), ("Änna", "the name with an accent"),
        ("anna@people.example.org", "the mail address"), ("dish", "a word of the question"),
        ("Cook?", "a word of the question"), ("FIRST", "a word of the question"),
        ("Velvet Underground", "another own answer"), ("vélvet   ündergröund.", "another own answer, folded"),
    ])
    func `an answer anybody could guess is refused`(answer: String, why: String) async throws {
        let house = try await TestHouse.open()
        let answers = [answer] + Self.good[1...]
        let result = try await put(answers, in: house)
        guard answer != "a b" else {
            #expect(result.summary == "204")
            return
        }
        #expect(result.summary == "422 auth.answer_refused", "\(why)")
        #expect(result.pointer?.hasPrefix("/answers/") == true)
        #expect(try await house.number("SELECT count(*) FROM answers") == 0)
    }

    @Test func `questions are the right number of different ones of the pool`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        let pool = house.questions.all.map(\.id.text)
        func items(_ questions: [String]) -> [JSON] {
            questions.enumerated().map { index, question in
                .object(["question": .string(question), "answer": .string("answer number \(index)")])
            }
        }
        let wrong = [Array(pool[..<3]), Array(pool[..<5]), pool[..<3] + ["no-such-question"], pool[..<3] + [pool[0]]]
        for questions in wrong {
            #expect(await house.putQuestions(anna, items(questions)).summary == "422 auth.questions_refused")
        }
        #expect(await house.putQuestions(anna, items(Array(pool[2..<6]))).status == 204)
        let listed = await house.send(.get, "/v1/me/questions", as: anna)
        #expect(listed.json["questions"]?.arrayValue?.count == pool.count)
        #expect(listed.json["count"] == 4)
    }

    /// SQ-01
    @Test func `an answer rests as a salted one-way hash under a key outside the database`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        let ben = try await house.signIn("ben")
        let same = house.questions.all.prefix(4).enumerated().map { index, question -> JSON in
            .object(["question": .string(question.id.text), "answer": .string("common answer \(index)")])
        }
        #expect(await house.putQuestions(anna, same).status == 204)
        #expect(await house.putQuestions(ben, same).status == 204)
        let hashes = try await house.database.read { connection in
            try [anna.account, ben.account].flatMap { account in
                try AnswerStore.all(of: account, connection).map { stored in
                    let context = StoredAnswer.context(account, stored.question)
                    return try house.keyring.open(stored.sealed, context: context).copyText() ?? ""
                }
            }
        }
        #expect(hashes.count == 8)
        #expect(Set(hashes).count == 8)
        #expect(hashes.allSatisfy { $0.hasPrefix("$argon2id$v=19$") })
    }

    /// SQ-02
    @Test func `an answer is right however it is dressed`() async throws {
        let house = try await TestHouse.open(
            roles: TestRoles.with(user: TestRoles.authentication(chosen: 1, alone: true)))
        let anna = try await house.signIn("anna")
        try await house.enrollQuestions(anna)
        let verification = try await house.start(anna, by: try await house.signIn("ola"))
        let question = try required(verification.started.questions.first?.id)
        let dressed = "  CREME\u{301} BRULE\u{302}E   \(question.text.uppercased())!"
        #expect(try await verification.answer(question, dressed).json["ok"] == true)
    }
}
