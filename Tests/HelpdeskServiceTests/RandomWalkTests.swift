import Directory
import Model
import Platform
import StrictJSON
import TestSupport
import Testing

@testable import HelpdeskService

/// Any sequence of calls, with a model beside it: in restricted mode nothing is written without a redeemed proof that is
/// bound to exactly that (V5).
@Suite struct RandomWalkTests {
    private static let logins = ["anna", "anna.b", "cora", "ben", "paul", "ola", "pia"]

    /// V5, VS-02, VS-09, CR-03
    @Test(arguments: 1...6)
    func `no walk writes without a proof of its own`(seed: Int) async throws {
        let house = try await TestDesk.open()
        var walk = try Walk(house, seed: UInt64(seed))
        for _ in 0..<150 { try await walk.step() }
        try await SettleOperations(collaborators: house.collaborators).run(startingUp: true)
        #expect(!house.writes.isEmpty, "a walk that never succeeds shows nothing")
        #expect(Set(house.writes).count == house.writes.count, "an operation writes an account once")
        let verifications = house.auth.change { $0.verifications }
        for write in house.writes {
            let parts = write.split(separator: " ").map(String.init)
            let (operation, account) = (try required(OperationID(parts[0])), try required(AccountID(parts[1])))
            let proofs = verifications.values.filter { $0.operation == operation }
            let row = try #require(try await house.database.read { try OperationStore.find(operation, $0) })
            #expect(proofs.count == 1, "\(write)")
            #expect(proofs.allSatisfy { $0.start.accounts.contains(account) })
            #expect(proofs.allSatisfy { $0.start.action == row.action })
            #expect(proofs.allSatisfy { $0.operatorAccount == row.operatorAccount && $0.session == row.session })
        }
        let operations = verifications.values.compactMap(\.operation)
        #expect(Set(operations).count == operations.count, "a proof is spent on one operation")
    }

    /// One operator or two stumbling through the interface.
    private struct Walk {
        let house: TestDesk
        let random: SeededRandom
        var operators: [TestOperator]
        var verifications: [VerificationID] = []
        var operations: [OperationID] = []

        init(_ house: TestDesk, seed: UInt64) throws {
            self.house = house
            random = SeededRandom(seed: seed)
            operators = [try house.signIn("ola"), try house.signIn("pia"), try house.signIn("ola")]
        }

        mutating func step() async throws {
            house.clock.advance(by: .milliseconds(Int64(random.number(below: 900))))
            try makeTrouble()
            let person = operators[random.number(below: operators.count)]
            switch random.number(below: 8) {
            case 0, 1: try await start(person)
            case 2, 3: await satisfy(person)
            case 4: await retry(person)
            default: try await act(person)
            }
        }

        private func pick<Element>(_ items: [Element]) -> Element? {
            items.isEmpty ? nil : items[random.number(below: items.count)]
        }

        private func makeTrouble() throws {
            let lie = random.number(below: 6) == 0 ? pick(ScriptedAuth.ProofLie.allCases) : nil
            let isLost = random.number(below: 8) == 0
            house.auth.change {
                $0.lie = lie
                $0.lostRedemptions = isLost ? 1 : 0
            }
            let store = house.stores[random.number(below: house.stores.count)]
            let failures: [StoreError] = [.unavailable("down"), .conflict, .refused(code: "x", message: "No.")]
            let failure = random.number(below: 5) == 0 ? pick(failures) : nil
            let isAnswerLost = random.number(below: 6) == 0
            store.script.withLock {
                $0.failures = failure.map { [$0] } ?? []
                $0.lostAnswers = isAnswerLost ? [.outcomeUnknown("lost")] : []
            }
        }

        private mutating func start(_ person: TestOperator) async throws {
            guard let login = pick(RandomWalkTests.logins), let action = pick(HelpdeskAction.allCases) else { return }
            let answer = await house.send(
                .post, "/v1/users/\(try house.id(login))/verifications", as: person,
                ["action": .string(action.rawValue)])
            if let id = answer.body["id"]?.stringValue.flatMap({ VerificationID($0) }) { verifications.append(id) }
        }

        private func satisfy(_ person: TestOperator) async {
            guard let id = pick(verifications) else { return }
            let session = house.auth.change { $0.verifications[id]?.session }
            let person = operators.first { $0.session == session } ?? person
            await house.send(.post, "/v1/verifications/\(id)/email/answer", as: person, ["code": "12345678"])
        }

        private mutating func act(_ person: TestOperator) async throws {
            let id = random.number(below: 6) == 0 ? nil : pick(verifications)
            // Every other time what the verification is for, otherwise anything.
            let fitting =
                random.number(below: 2) == 0 ? id.flatMap { id in house.auth.change { $0.verifications[id] } } : nil
            let user = fitting?.start.accounts.first?.text
            guard
                let login = user.flatMap({ user in house.people.first { $0.value.text == user }?.key })
                    ?? pick(RandomWalkTests.logins),
                let action = fitting?.start.action ?? pick(HelpdeskAction.allCases)
            else { return }
            let both = login == "anna" && random.number(below: 2) == 0
            let body = try house.act(
                action, on: both ? ["anna", "anna.b"] : [login], verification: id,
                reason: random.number(below: 2) == 0 ? "because" : nil)
            let owner = fitting.flatMap { fitting in operators.first { $0.session == fitting.session } } ?? person
            let answer = await house.send(
                .post, try house.path(action, login), as: owner, body, key: "key-\(random.number(below: 200))")
            #expect(answer.status < 500 || answer.status == 503, "\(answer)")
            if let operation = answer.operation { operations.append(operation) }
        }

        private func retry(_ person: TestOperator) async {
            guard let operation = pick(operations) else { return }
            let answer = await house.send(
                .post, "/v1/operations/\(operation)/retries", as: person, key: "retry-\(random.number(below: 60))")
            #expect(answer.status < 500 || answer.status == 503, "\(answer)")
        }
    }
}
