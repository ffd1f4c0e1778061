import AuthAPI
import Model
import StrictJSON
import Testing

@testable import AuthService

/// Security questions asked of a caller.
@Suite struct QuestionVerificationTests {
    private func asked(_ verification: DeskVerification) -> [String] { verification.started.questions.map(\.id.text) }

    /// VS-08
    @Test func `a check says whether, how many tries are left and where it stands, and nothing else`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        let questions = verification.started.questions.map(\.id)
        #expect(questions.count == 3)
        let right = try await verification.answer(questions[0], TestHouse.answer(to: questions[0]))
        let wrong = try await verification.answer(questions[1], "something else")
        #expect(right.json == .object(["ok": true, "attemptsLeft": 3, "status": "challenged"]))
        #expect(wrong.json == .object(["ok": false, "attemptsLeft": 2, "status": "challenged"]))
    }

    @Test func `the answer to one question is not the answer to another`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        let questions = verification.started.questions.map(\.id)
        #expect(try await verification.answer(questions[0], TestHouse.answer(to: questions[1])).json["ok"] == false)
    }

    @Test func `a right answer takes back the failure that was reserved for it, and only that one`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        let questions = verification.started.questions.map(\.id)
        for _ in 0..<2 { _ = try await verification.answer(questions[0], "wrong") }
        #expect(try await house.number("SELECT count(*) FROM failures") == 2)
        // The clock stands still: every failure has the same time.
        #expect(try await verification.answer(questions[0], TestHouse.answer(to: questions[0])).json["ok"] == true)
        #expect(try await house.number("SELECT count(*) FROM failures") == 2)
        #expect(try await house.number("SELECT in_a_row FROM factor_failures") == 2)
        #expect(try await house.number("SELECT wrong_answers FROM verifications") == 2)
    }

    @Test func `three wrong answers end the questions of a verification`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        let questions = verification.started.questions.map(\.id)
        for left in [2, 1, 0] {
            let answer = try await verification.answer(questions[0], "wrong")
            #expect(answer.json["attemptsLeft"] == .integer(Int64(left)))
        }
        let late = try await verification.answer(questions[0], TestHouse.answer(to: questions[0]))
        #expect(late.json["ok"] == false)
        #expect(try await house.number("SELECT count(*) FROM failures") == 3)
        try await verification.verify(.mobile)
        try await verification.verify(.email)
        #expect(try await verification.redeem().status == 200)
    }

    /// SQ-03
    @Test func `the questions asked stay until they are answered, whoever starts again`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let pia = try await house.signIn("pia")
        let first = asked(try await house.start(anna, by: ola))
        for _ in 0..<5 { #expect(asked(try await house.start(anna, by: ola)) == first) }
        let last = try await house.start(anna, by: pia)
        #expect(asked(last) == first)
        _ = try await last.answer(last.started.questions[0].id, "wrong")
        #expect(asked(try await house.start(anna, by: ola)) == first)
    }

    /// SQ-03
    @Test func `a policy that asks for more adds questions and keeps the others`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let first = asked(try await house.start(anna, by: ola))
        let stricter = try await house.run(roles: TestRoles.with(desk: TestRoles.policy(minimumQuestions: 4)))
        let more = asked(try await stricter.start(anna, by: ola))
        #expect(more.count == 4)
        #expect(Array(more.prefix(3)) == first)
        let again = try await stricter.run(roles: TestRoles.all)
        #expect(asked(try await again.start(anna, by: ola)) == first)
    }

    /// SQ-03
    @Test func `a question taken out of the pool is still asked of those who are enrolled with it`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let first = asked(try await house.start(anna, by: ola))
        let pool = QuestionPool(house.questions.all.filter { $0.id.text != first[1] })
        let later = try await house.run(questions: pool)
        let verification = try await later.start(anna, by: ola)
        #expect(asked(verification) == first)
        #expect(verification.started.questions.allSatisfy { !$0.text.isEmpty })
        try await verification.verifyQuestions()
    }

    @Test func `other questions are asked once these were answered`() async throws {
        let house = try await TestHouse.open(roles: TestRoles.with(user: TestRoles.authentication(questions: 8)))
        let anna = try await house.signIn("anna")
        try await house.enrollQuestions(anna, count: 8)
        try await house.enroll(anna, .email, "anna@example.org")
        let ola = try await house.signIn("ola")
        var sets: Set<[String]> = []
        for _ in 0..<6 {
            let verification = try await house.start(anna, by: ola)
            sets.insert(asked(verification))
            try await verification.verifyQuestions()
        }
        #expect(sets.count > 1)
    }

    /// SQ-04
    @Test func `an unknown question costs the same work as a known one`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        let known = verification.started.questions[0].id
        let notAsked = try required(
            house.questions.all.first { !asked(verification).contains($0.id.text) })
        let unknown = try required(QuestionID("no-such-question"))
        for (question, answer) in [
            (known, "wrong"), (known, TestHouse.answer(to: known)), (known, TestHouse.answer(to: known)),
            (notAsked.id, "wrong"), (notAsked.id, TestHouse.answer(to: notAsked.id)), (unknown, "x"), (known, "..."),
        ] {
            let before = house.hasher.hashesComputed
            _ = try await verification.answer(question, answer)
            #expect(house.hasher.hashesComputed - before == 1, "\(question)")
        }
    }

    @Test func `at most three of many answers at once are compared`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        let question = verification.started.questions[0].id
        let answers = try await inParallel(30) { _ in try await verification.answer(question, "wrong") }
        #expect(answers.allSatisfy { $0.json["ok"] != true })
        #expect(try await house.number("SELECT count(*) FROM failures") == 3)
        #expect(try await house.number("SELECT in_a_row FROM factor_failures") == 3)
    }

    @Test func `right answers at once leave no failure behind`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        let questions = verification.started.questions.map(\.id)
        let answers = try await inParallel(3) { index in
            try await verification.answer(questions[index], TestHouse.answer(to: questions[index]))
        }
        #expect(answers.allSatisfy { $0.json["ok"] == true })
        #expect(try await house.number("SELECT count(*) FROM failures") == 0)
        #expect(try await house.number("SELECT count(*) FROM verified_types") == 1)
    }

    @Test func `while the questions are locked no answer is spent`() async throws {
        let house = try await TestHouse.open(limits: testLimits((SecurityLimits.factorLockSeconds, 60)))
        let (anna, ola, _) = try await house.enrolledAnna()
        for count in [3, 1] {
            let verification = try await house.start(anna, by: ola)
            for _ in 0..<count { _ = try await verification.answer(verification.started.questions[0].id, "wrong") }
        }
        let verification = try await house.start(anna, by: ola)
        let question = verification.started.questions[0].id
        #expect(try await verification.answer(question, "wrong").json["attemptsLeft"] == 0)
        for _ in 0..<5 {
            #expect(try await verification.answer(question, TestHouse.answer(to: question)).json["ok"] == false)
        }
        #expect(try await house.number("SELECT max(wrong_answers) FROM verifications WHERE status = 'challenged'") == 1)
        house.clock.advance(by: .seconds(60))
        #expect(try await verification.answer(question, TestHouse.answer(to: question)).json["ok"] == true)
    }

    /// P4: a minimum of right answers, of three that are asked.
    @Test func `with a minimum the questions are verified once so many are right`() async throws {
        let desk = TestRoles.policy(requirement: .atLeast(1), minimumQuestions: 2)
        let house = try await TestHouse.open(roles: TestRoles.with(desk: desk))
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        #expect(verification.started.questions.count == 3)
        #expect(verification.started.questionsNeeded == 2)
        try await verification.verifyQuestions()
        let state = try await verification.state()
        // VS-04: questions alone are not enough.
        #expect(state.status == .challenged)
        #expect(state.neededFurther == 1)
        #expect(!state.furtherOf.contains(.securityQuestions))
        try await verification.verify(.email)
        #expect(try await verification.state().status == .satisfied)
    }

    @Test func `answering keeps a verification from idling out`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        var verification = try await house.start(anna, by: ola)
        for question in verification.started.questions.map(\.id) {
            house.clock.advance(by: .seconds(550))
            verification = try await verification.renewed()
            #expect(try await verification.answer(question, TestHouse.answer(to: question)).json["ok"] == true)
        }
    }
}
