import AuthAPI
import Directory
import Model
import Platform
import StrictJSON
import Testing

@testable import HelpdeskService

/// Accounts the desk never touches, at every place where something could be done to one.
@Suite struct ProtectionTests {
    /// One more person of a store.
    private struct Extra: Sendable {
        let login: String
        var store = "staff"
        var groups = ""
        var rank: Int?
        /// Whether the auth service knows a role for the account.
        var hasRole = true
    }

    /// Adds people, enrolled with email, and answers the first one's account.
    @discardableResult
    private func add(_ people: [Extra], to house: TestDesk) async throws -> AccountID {
        var first: AccountID?
        for person in people {
            let store = try house.store(person.store).wrapped
            try await importPeople("login,groups\r\n\(person.login),\(person.groups)\r\n", into: store)
            let id = try required(try await store.account(login: person.login)?.id)
            first = first ?? id
            house.auth.change { script in
                guard person.hasRole else { return }
                script.people[id] = AccountEnrollments(
                    account: id, master: id, samePerson: [id], types: [.email], operatorRank: person.rank)
            }
        }
        return try required(first)
    }

    private func importPeople(_ people: String, groups: String? = nil, into store: EmbeddedStore) async throws {
        _ = try await EmbeddedStoreImporter(store, random: SystemRandom()).run(
            people: ImportFile(name: "people.csv", bytes: Array(people.utf8)),
            groups: groups.map { ImportFile(name: "groups.csv", bytes: Array($0.utf8)) })
    }

    private func refusals(
        _ action: HelpdeskAction, on account: AccountID, in house: TestDesk, by person: TestOperator
    ) async throws -> [String?] {
        let started = await house.send(
            .post, "/v1/users/\(account)/verifications", as: person, ["action": .string(action.rawValue)])
        let isReset = action == .resetPassword
        let body: JSON = .object([
            "accounts": [.string(account.text)], "method": isReset ? "newPassword" : nil,
            "generate": isReset ? true : nil,
        ])
        let acted = await house.send(
            .post, "/v1/users/\(account)/" + (isReset ? "password-resets" : "unlocks"), as: person, body,
            key: "\(action)-\(account)")
        let shown = await house.send(.get, "/v1/users/\(account)", as: person)
        return [started.code, acted.code, shown.body["actions"]?[action.rawValue]?["code"]?.stringValue]
    }

    /// OP-04
    @Test func `a protected group that is not there is found, and makes the service degraded`() async throws {
        let house = try await TestDesk.open()
        let staff = try house.store("staff").id
        let protected = ProtectedAccounts(groups: [staff: ["board", "nobody's"]], logins: [:])
        let missing = await protected.missing(in: house.collaborators.stores)
        #expect(missing == [ProtectedAccounts.MissingGroup(store: staff, name: "nobody's")])
        house.collaborators.missingGroups.withLock { $0 = missing }
        let ready = await house.send(.get, "/readyz", as: nil)
        #expect(ready.body["status"] == "degraded" && ready.body["protectedGroups"] == "missing")
        await Maintenance(collaborators: house.collaborators).lookForProtectedGroups()
        #expect(await house.send(.get, "/readyz", as: nil).body["protectedGroups"] == "ok")
    }

    /// OP-04
    @Test(arguments: HelpdeskAction.allCases)
    func `the table of who is protected holds at verification, act and display`(action: HelpdeskAction) async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.policy(.with(mode: .unrestricted))
        try await importPeople(
            "login\r\n", groups: "group,memberGroup\r\nBoard,Directors\r\nDirectors,Deputies\r\n",
            into: house.store("staff").wrapped)
        let protected = "policy.protected_account"
        let cases: [(Extra, String?)] = [
            (Extra(login: "direct", groups: "board"), protected),
            (Extra(login: "nested", groups: "Deputies"), protected),
            (Extra(login: "similar", groups: "Boards"), nil),
            (Extra(login: "elsewhere", store: "contractors", groups: "Board"), nil),
            (Extra(login: "SVC-backup"), protected),
            (Extra(login: "svc-backup", store: "contractors"), nil),
            (Extra(login: "above", rank: 9), protected),
            (Extra(login: "below", rank: 11), nil),
            (Extra(login: "unranked", hasRole: false), protected),
            (Extra(login: "nobody"), nil),
        ]
        for (person, expected) in cases {
            let account = try await add([person], to: house)
            let found = try await refusals(action, on: account, in: house, by: ola)
            #expect(found == [expected, expected, expected], "\(person.login) of \(person.store)")
        }
    }

    /// OP-04
    @Test func `a directory that does not answer protects`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.policy(.with(mode: .unrestricted))
        try house.store("staff").script.withLock { $0.readingFailure = .unavailable("the groups cannot be read") }
        for action in HelpdeskAction.allCases {
            let found = try await refusals(action, on: house.id("ben"), in: house, by: ola)
            #expect(found == ["helpdesk.store_unavailable", "helpdesk.store_unavailable", nil])
        }
        #expect(house.writes.isEmpty)
    }

    /// OP-04, VS-10
    @Test func `an account protected after the plan is refused right before the write`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.policy(.with(mode: .unrestricted))
        let store = try house.store("staff")
        let readings = Lock(0)
        store.script.withLock { script in
            script.beforeReading = {
                let isLast = readings.withLock { count in
                    count += 1
                    return count == 2
                }
                guard isLast else { return }
                try? await importPeople("login,groups\r\nben,Board\r\n", into: store.wrapped)
            }
        }
        let done = try await house.perform(.unlockAccount, on: ["ben"], by: ola, verified: false)
        #expect(done.outcomes == ["refused"], "\(done)")
        #expect(done.reasons == ["policy.protected_account"])
        #expect(house.writes.isEmpty)
        #expect(await house.delivered().isEmpty)
    }

    /// OP-04
    @Test func `a protected linked account is not acted on, and left out of the verification`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let (anna, linked) = (try house.id("anna"), try house.id("anna.b"))
        house.auth.change { script in
            script.people[linked] = AccountEnrollments(
                account: linked, master: anna, samePerson: [anna, linked], types: [.email], operatorRank: 1)
        }
        let started = await house.send(
            .post, "/v1/users/\(anna)/verifications", as: ola, ["action": "unlockAccount"])
        #expect(started.body["accounts"] == [.string(anna.text)], "\(started)")
        let refused = try await house.perform(
            .unlockAccount, on: ["anna", "anna.b"], by: ola, verified: false, key: "1")
        #expect(refused.code == "policy.protected_account")
        #expect(refused.body["account"] == .string(linked.text))
        #expect(house.writes.isEmpty)
    }

    /// OP-04
    @Test func `a failed account that became protected is not tried again`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let store = try house.store("staff")
        store.script.withLock { $0.failures = [.unavailable("busy")] }
        let first = try await house.perform(.resetPassword, by: ola)
        #expect(first.outcomes == ["failed"], "\(first)")
        try await importPeople("login,groups\r\nanna,Board\r\n", into: store.wrapped)
        let again = await house.send(
            .post, "/v1/operations/\(try required(first.operation))/retries", as: ola, key: "again")
        #expect(again.code == "policy.protected_account")
        #expect(house.writes.isEmpty)
    }
}
