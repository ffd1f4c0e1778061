import AuthAPI
import Crypto
import Model
import Platform
import StrictJSON
import TestSupport
import Testing

@testable import AuthService

/// Random sequences of calls beside a small model of what was proved: whatever the order, a proof is handed out only
/// where the model knows that enough was verified, in that verification, by that operator, and not spent.
@Suite struct RandomWalkTests {
    @Test(arguments: [1, 20_261_121, 424_242] as [UInt64])
    func `no sequence of calls yields a proof that was not earned`(seed: UInt64) async throws {
        var walk = try await Walk(seed: seed)
        for step in 0..<700 { try await walk.step(step) }
        // A walk that never earns anything would prove nothing.
        #expect(walk.proofs > 3, "seed \(seed): \(walk.proofs) proofs")
        #expect(walk.refused > 20, "seed \(seed): \(walk.refused) refusals")
    }
}

/// What the model knows of one verification.
private struct Known {
    let desk: DeskVerification
    let person: Int
    var verified: [AuthenticationType: Int] = [:]
    var rightQuestions: Set<String> = []
    var spentOn: String?
    var proof: String?
    var isReplaced = false
}

private struct Walk {
    let seed: UInt64
    let house: TestHouse
    let random: SeededRandom
    var people: [SignedIn]
    var operators: [SignedIn]
    var isSignedOut: [Bool]
    var secrets: [Secret?]
    /// Counts up with every change of an enrollment; a type verified before the last change is worth nothing.
    var generations: [[AuthenticationType: Int]]
    var verifications: [Known] = []
    var proofs = 0
    var refused = 0
    private let types: [AuthenticationType] = [.mobile, .email, .authenticator, .securityQuestions]
    private static let logins = ["anna", "ben"]
    private static let desks = ["ola", "pia"]

    init(seed: UInt64) async throws {
        self.seed = seed
        random = SeededRandom(seed: seed)
        // Generous limits, so that the walk is not stopped by them; the rules stay.
        house = try await TestHouse.open(
            limits: testLimits(
                (SecurityLimits.codesPerTenMinutes, 20), (SecurityLimits.codesPerHour, 50),
                (SecurityLimits.codesPerDay, 100), (SecurityLimits.codeGapSeconds, 0),
                (SecurityLimits.failuresPerDay, 100), (SecurityLimits.signInsPerLogin, 1_000)))
        people = []
        secrets = []
        operators = []
        for login in Self.logins {
            let person = try await house.signIn(login)
            try await house.enroll(person, .mobile, "+1555010010\(people.count)")
            try await house.enroll(person, .email, "\(login)@example.org")
            try await house.enrollQuestions(person)
            secrets.append(try await house.enrollAuthenticator(person))
            people.append(person)
        }
        for login in Self.desks { operators.append(try await house.signIn(login)) }
        isSignedOut = operators.map { _ in false }
        generations = people.map { _ in [.mobile: 0, .email: 0, .authenticator: 0, .securityQuestions: 0] }
    }

    mutating func step(_ number: Int) async throws {
        house.clock.advance(by: .seconds(random.number(below: 12)))
        switch random.number(below: 100) {
        case 0..<14: try await start()
        case 14..<34: try await answerCode(.mobile)
        case 34..<46: try await answerCode(.email)
        case 46..<58: try await answerAuthenticator()
        case 58..<72: try await answerQuestion()
        case 72..<88: try await redeem()
        case 88..<91: try await removeOrEnroll()
        case 91..<95: try await renew()
        case 95..<97: try await signOut()
        case 97: house.clock.advance(by: .seconds(random.number(below: 900)))
        default: try await wrongDesk()
        }
    }

    private var latest: Int? {
        guard !verifications.isEmpty else { return nil }
        // Mostly the newest, sometimes one of long ago.
        return random.number(below: 10) < 8
            ? verifications.count - 1 : random.number(below: verifications.count)
    }

    private mutating func start() async throws {
        let person = random.number(below: people.count)
        let desk = random.number(below: operators.count)
        let response = try await house.postStart([people[person].account], by: operators[desk])
        guard response.status == 201 else { return refused += 1 }
        #expect(!isSignedOut[desk], "seed \(seed): a signed-out operator starts")
        for index in verifications.indices where verifications[index].person == person {
            verifications[index].isReplaced = true
        }
        let state = try VerificationState(bytes: response.body)
        verifications.append(
            Known(
                desk: DeskVerification(house: house, operator: operators[desk], id: state.id, started: state),
                person: person))
    }

    private mutating func note(_ index: Int, _ type: AuthenticationType) {
        verifications[index].verified[type] = generations[verifications[index].person][type]
    }

    private mutating func answerCode(_ type: AuthenticationType) async throws {
        guard let index = latest else { return }
        let desk = verifications[index].desk
        guard try await desk.post("\(type.rawValue)/code").status == 202 else { return refused += 1 }
        let code = try await house.lastCode()
        let isRight = random.number(below: 4) > 0
        let answer = try await desk.answer(type, isRight ? code : wrong(code))
        guard answer.json["ok"] == true else { return refused += 1 }
        #expect(isRight, "seed \(seed): a wrong code was right")
        note(index, type)
    }

    private mutating func answerAuthenticator() async throws {
        guard let index = latest, let secret = secrets[verifications[index].person] else { return }
        let steps = Int64(random.number(below: 5)) - 3
        let answer = try await verifications[index].desk.answer(.authenticator, house.totp(secret, steps: steps))
        guard answer.json["ok"] == true else { return refused += 1 }
        #expect(steps == 0 || steps == -1, "seed \(seed): step \(steps) was right")
        note(index, .authenticator)
    }

    private mutating func answerQuestion() async throws {
        guard let index = latest, !verifications[index].desk.started.questions.isEmpty else { return }
        let questions = verifications[index].desk.started.questions.map(\.id)
        let open = questions.filter { !verifications[index].rightQuestions.contains($0.text) }
        let question = open.first ?? questions[0]
        let isRight = random.number(below: 5) > 0
        let answer = try await verifications[index].desk.answer(
            question, isRight ? TestHouse.answer(to: question) : "no idea")
        guard answer.json["ok"] == true else { return refused += 1 }
        #expect(isRight, "seed \(seed): a wrong answer was right")
        verifications[index].rightQuestions.insert(question.text)
        if verifications[index].rightQuestions.count >= verifications[index].desk.started.questionsNeeded {
            note(index, .securityQuestions)
        }
    }

    private mutating func redeem() async throws {
        guard let index = latest else { return }
        let operation = "operation-\(random.number(below: 3))"
        let response = try await verifications[index].desk.redeem(operation)
        guard response.status == 200, let proof = response.json["proof"]?.stringValue else { return refused += 1 }
        let known = verifications[index]
        let person = generations[known.person]
        let fresh = known.verified.filter { person[$0.key] == $0.value }
        if let spent = known.spentOn {
            #expect(spent == operation, "seed \(seed): one proof for two operations")
            #expect(known.proof == proof, "seed \(seed): two proofs for one operation")
        } else {
            #expect(fresh.count == known.verified.count, "seed \(seed): a changed factor counted")
            #expect(fresh.count >= 2, "seed \(seed): a proof for \(fresh.keys)")
            #expect(!known.isReplaced, "seed \(seed): a replaced verification was redeemed")
            proofs += 1
        }
        verifications[index].spentOn = operation
        verifications[index].proof = proof
    }

    /// Another operator, or a verification of another's, with a code that is right for its own.
    private mutating func wrongDesk() async throws {
        guard let index = latest else { return }
        let known = verifications[index].desk
        guard let other = operators.first(where: { $0.session != known.operator.session }) else { return }
        let desk = DeskVerification(house: house, operator: other, id: known.id, started: known.started)
        let answer = try await desk.redeem("operation-0")
        #expect(answer.status != 200, "seed \(seed): another operator redeemed")
        refused += 1
    }

    private mutating func removeOrEnroll() async throws {
        let index = random.number(below: people.count)
        people[index] = try await house.signIn(Self.logins[index])
        let type = types[random.number(below: types.count)]
        let removed = await house.send(.delete, "/v1/me/enrollments/\(type.rawValue)", as: people[index])
        #expect([204, 404].contains(removed.status))
        switch type {
        case .mobile: try await house.enroll(people[index], .mobile, "+1555010011\(random.number(below: 10))")
        case .email: try await house.enroll(people[index], .email, "x\(random.number(below: 10))@example.org")
        case .securityQuestions: try await house.enrollQuestions(people[index])
        case .authenticator:
            house.clock.advance(by: .seconds(60))
            secrets[index] = try await house.enrollAuthenticator(people[index])
        case .linkAccount, .yubiKey, .windowsHello: break
        }
        generations[index][type, default: 0] += 1
    }

    /// A new access token of the same session, or a new session once the old has ended.
    private mutating func renew() async throws {
        let index = random.number(below: operators.count)
        let response = await house.refresh(operators[index].refreshToken)
        if response.status == 200 {
            #expect(!isSignedOut[index], "seed \(seed): a signed-out session was renewed")
            let grant = try SessionGrant(bytes: response.body)
            operators[index] = SignedIn(
                account: grant.account, session: grant.session, accessToken: grant.accessToken,
                refreshToken: grant.refreshToken)
        } else {
            operators[index] = try await house.signIn(Self.desks[index])
            isSignedOut[index] = false
        }
        let current = operators[index]
        for number in verifications.indices where verifications[number].desk.operator.session == current.session {
            let old = verifications[number]
            verifications[number] = Known(
                desk: DeskVerification(
                    house: house, operator: current, id: old.desk.id, started: old.desk.started), person: old.person,
                verified: old.verified, rightQuestions: old.rightQuestions, spentOn: old.spentOn, proof: old.proof,
                isReplaced: old.isReplaced)
        }
    }

    private mutating func signOut() async throws {
        let index = random.number(below: operators.count)
        let response = await house.send(.delete, "/v1/sessions/current", as: operators[index])
        if response.status == 204 { isSignedOut[index] = true }
    }
}
