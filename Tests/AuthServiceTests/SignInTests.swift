import Audit
import Model
import StrictJSON
import Testing

@testable import AuthService

@Suite struct SignInTests {
    /// OP-01
    @Test func `the directory password opens a session with role and permissions`() async throws {
        let house = try await TestHouse.open()
        let response = await house.postSignIn("ola")
        #expect(response.status == 201)
        #expect(response.json["role"] == "helpdesk")
        #expect(response.json["permissions"]?.arrayValue?.contains("resetAnyPassword") == true)
        #expect(response.json["expiresInSeconds"] == 600)
        #expect(response.json["tokenType"] == "Bearer")
    }

    /// RL-03
    @Test(arguments: [
        ("nowhere", "anna", TestHouse.password), ("staff", "nobody", TestHouse.password),
        ("staff", "anna", "wrong-Harbor-29-teapot"), ("staff", "lou", TestHouse.password),
        ("staff", "dan", TestHouse.password), ("staff", "dan", "wrong-Harbor-29-teapot"), ("staff", " anna", "x"),
    ])
    func `whatever is wrong, answer and work are the same`(store: String, login: String, password: String) async throws
    {
        let house = try await TestHouse.open()
        let before = house.hasher.hashesComputed
        let response = await house.postSignIn(login, store: store, password: password)
        #expect(house.hasher.hashesComputed - before == 1)
        #expect(response.summary == "401 auth.sign_in_rejected")
        let members = response.json.objectValue?.filter { $0.name != "requestId" }.map(\.name)
        #expect(members == ["type", "title", "status", "detail", "code"])
        #expect(response.header("WWW-Authenticate") == nil)
        #expect(try await house.number("SELECT count(*) FROM sessions") == 0)
        #expect(try await house.number("SELECT count(*) FROM audit WHERE kind = 'signIn' AND outcome = 'failure'") == 1)
    }

    /// RL-03
    @Test func `a person without a role is refused like any other`() async throws {
        let house = try await TestHouse.open(roles: TestRoles.all.filter { $0.id.text != "user" })
        #expect(await house.postSignIn("anna").summary == "401 auth.sign_in_rejected")
        #expect(await house.postSignIn("ola").status == 201)
    }

    /// RL-01
    @Test func `one login may be tried so often in ten minutes, right or wrong, in whatever case`() async throws {
        let house = try await TestHouse.open(limits: testLimits((SecurityLimits.signInsPerLogin, 3)))
        for login in ["anna", "ANNA", "Anna"] { #expect(await house.postSignIn(login).status == 201) }
        let refused = await house.postSignIn("anna")
        #expect(refused.summary == "429 auth.too_many_attempts")
        #expect(refused.header("Retry-After") == "600")
        #expect(await house.postSignIn("ben").status == 201)
        // RL-03: an unknown login is counted and refused alike.
        for _ in 0..<3 { #expect(await house.postSignIn("nobody").status == 401) }
        #expect(await house.postSignIn("nobody").summary == "429 auth.too_many_attempts")
        house.clock.advance(by: .seconds(600))
        #expect(await house.postSignIn("anna").status == 201)
    }

    /// RL-01
    @Test func `one address may fail so often in ten minutes`() async throws {
        let house = try await TestHouse.open(limits: testLimits((SecurityLimits.failedSignInsPerAddress, 5)))
        for number in 0..<5 { #expect(await house.postSignIn("nobody\(number)").status == 401) }
        #expect(await house.postSignIn("anna").summary == "429 auth.too_many_attempts")
        #expect(await house.postSignIn("anna", from: "192.0.2.77").status == 201)
        house.clock.advance(by: .seconds(600))
        #expect(await house.postSignIn("anna").status == 201)
    }

    /// RL-01
    @Test func `sign-ins at the same moment share the count`() async throws {
        let house = try await TestHouse.open(limits: testLimits((SecurityLimits.signInsPerLogin, 5)))
        let answers = await inParallel(20) { _ in await house.postSignIn("anna").status }
        #expect(answers.count { $0 == 201 } == 5)
        #expect(answers.count { $0 == 429 } == 15)
    }

    /// RL-01
    @Test func `failures at the same moment share the count of their address`() async throws {
        let house = try await TestHouse.open(limits: testLimits((SecurityLimits.failedSignInsPerAddress, 5)))
        let answers = await inParallel(30) { await house.postSignIn("nobody\($0)").status }
        #expect(answers.count { $0 == 401 } == 5)
        #expect(answers.count { $0 == 429 } == 25)
    }

    /// RL-01
    @Test func `who signs in rightly is no failure of the address`() async throws {
        let house = try await TestHouse.open(limits: testLimits((SecurityLimits.failedSignInsPerAddress, 5)))
        for _ in 0..<10 { #expect(await house.postSignIn("anna").status == 201) }
    }

    /// RL-02
    @Test func `too many attempts here lock nothing in the directory`() async throws {
        let house = try await TestHouse.open(limits: testLimits((SecurityLimits.signInsPerLogin, 3)))
        for _ in 0..<30 { _ = await house.postSignIn("anna", password: "wrong-Harbor-29-teapot") }
        let store = try required(house.stores[TestRoles.staff])
        let account = try required(try await store.account(login: "anna"))
        #expect(!account.isLocked)
    }

    @Test func `a store that does not answer is no wrong password`() async throws {
        let house = try await TestHouse.open()
        house.stores.close()
        let response = await house.postSignIn("anna")
        #expect(response.summary == "503 auth.store_unavailable")
    }
}

/// Runs a body so often at the same time.
func inParallel<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Value
) async rethrows -> [Value] {
    try await withThrowingTaskGroup(of: Value.self) { group in
        for index in 0..<count { group.addTask { try await body(index) } }
        return try await group.reduce(into: []) { $0.append($1) }
    }
}

/// The standard limits but for these.
func testLimits(_ changes: (SecurityLimits.Limit, Int)...) -> SecurityLimits {
    var limits = SecurityLimits()
    for (limit, value) in changes {
        guard limits.set(limit, to: value) else { preconditionFailure("\(limit.name) cannot be \(value)") }
    }
    return limits
}
