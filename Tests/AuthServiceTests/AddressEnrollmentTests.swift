import Messaging
import Model
import StrictJSON
import Testing

@testable import AuthService

@Suite struct AddressEnrollmentTests {
    private func start(_ house: TestHouse, _ person: SignedIn, _ type: AuthenticationType, _ address: String) async
        -> String
    {
        let name = type == .mobile ? "number" : "address"
        return await house.send(
            .post, "/v1/me/enrollments/\(type.rawValue)", as: person,
            .object([JSONMember(name: name, value: .string(address))])
        ).summary
    }

    private func enrolled(_ house: TestHouse, _ person: SignedIn) async throws -> [String] {
        let list = await house.send(.get, "/v1/me/enrollments", as: person)
        return (list.json["types"]?.arrayValue ?? []).filter { $0["enrolled"] == true }
            .compactMap { $0["type"]?.stringValue }
    }

    @Test(arguments: [(AuthenticationType.mobile, "+15550100101"), (.email, "anna@example.org")])
    func `an address counts only once its code came back`(type: AuthenticationType, address: String) async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        #expect(await start(house, anna, type, address) == "202")
        #expect(try await enrolled(house, anna) == [])
        let code = try await house.lastCode()
        #expect(await house.confirm(anna, type, code).status == 204)
        #expect(try await enrolled(house, anna) == [type.rawValue])
        #expect(await house.confirm(anna, type, code).summary == "409 auth.nothing_to_confirm")
    }

    /// PR-01
    @Test func `a person sees the own address masked`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        try await house.enroll(anna, .mobile, "+1 (555) 010-0101")
        try await house.enroll(anna, .email, "anna@example.org")
        let types = await house.send(.get, "/v1/me/enrollments", as: anna).json["types"]?.arrayValue
        let addresses = types?.compactMap { $0["address"]?.stringValue }
        #expect(addresses == ["+15•••••••01", "a•••@example.org"])
    }

    @Test func `the third wrong code is the last`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        #expect(await start(house, anna, .email, "anna@example.org") == "202")
        let code = try await house.lastCode()
        for left in [2, 1, 0] {
            let answer = await house.confirm(anna, .email, wrong(code))
            #expect(answer.summary == "422 auth.code_wrong")
            #expect(answer.json["attemptsLeft"] == .integer(Int64(left)))
        }
        #expect(await house.confirm(anna, .email, code).summary == "409 auth.nothing_to_confirm")
        #expect(try await enrolled(house, anna) == [])
    }

    @Test(arguments: [(AuthenticationType.mobile, 300), (.email, 600)])
    func `a code has its time`(type: AuthenticationType, seconds: Int) async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        let address = type == .mobile ? "+15550100101" : "anna@example.org"
        #expect(await start(house, anna, type, address) == "202")
        let code = try await house.lastCode()
        house.clock.advance(by: .seconds(seconds))
        #expect(await house.confirm(anna, type, code).summary == "409 auth.nothing_to_confirm")
        #expect(await start(house, anna, type, address) == "202")
        let next = try await house.lastCode()
        house.clock.advance(by: .seconds(seconds) - .microseconds(1))
        let later = try await house.signIn("anna")
        #expect(await house.confirm(later, type, next).status == 204)
    }

    /// AC-04
    @Test func `a new code kills the old one, and the address asked for before`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        #expect(await start(house, anna, .email, "anna@example.org") == "202")
        let first = try await house.lastCode()
        #expect(await start(house, anna, .email, "other@example.org") == "202")
        let second = try await house.lastCode()
        #expect(await house.confirm(anna, .email, first).summary == "422 auth.code_wrong")
        #expect(await house.confirm(anna, .email, second).status == 204)
        let types = await house.send(.get, "/v1/me/enrollments", as: anna).json["types"]?.arrayValue
        #expect(types?.compactMap { $0["address"]?.stringValue } == ["o•••@example.org"])
    }

    /// AC-05
    @Test func `nobody confirms with somebody else's code`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        let ben = try await house.signIn("ben")
        #expect(await start(house, anna, .email, "anna@example.org") == "202")
        let annas = try await house.lastCode()
        #expect(await start(house, ben, .email, "ben@example.org") == "202")
        let bens = try await house.lastCode()
        #expect(await house.confirm(ben, .email, annas).summary == "422 auth.code_wrong")
        #expect(await house.confirm(anna, .email, bens).summary == "422 auth.code_wrong")
        #expect(await house.confirm(anna, .mobile, annas).summary == "409 auth.nothing_to_confirm")
        #expect(await house.confirm(anna, .email, annas).status == 204)
        #expect(await house.confirm(ben, .email, bens).status == 204)
    }

    /// AC-03
    @Test func `one code confirms once, however many post it at once`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        #expect(await start(house, anna, .email, "anna@example.org") == "202")
        let code = try await house.lastCode()
        let answers = await inParallel(50) { _ in await house.confirm(anna, .email, code).status }
        #expect(answers.count { $0 == 204 } == 1)
        #expect(try await house.number("SELECT count(*) FROM audit WHERE kind = 'enroll'") == 1)
    }

    /// AC-06
    @Test func `the old address hears that it was replaced, the others that something was enrolled`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        try await house.enroll(anna, .email, "anna@example.org")
        try await house.enroll(anna, .mobile, "+15550100101")
        try await house.enroll(anna, .email, "new@example.org")
        let notices = await house.deliver().filter { $0.kind != .enrollmentCode }.map { "\($0.kind.rawValue) \($0.to)" }
        #expect(
            notices.sorted() == [
                "addressChanged anna@example.org", "factorEnrolled +15550100101", "factorEnrolled anna@example.org",
            ])
        #expect(try await house.number("SELECT count(*) FROM audit WHERE kind = 'enroll' AND reason = 'replaced'") == 1)
    }

    @Test func `what is removed is gone, and its owner hears of it everywhere`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        try await house.enroll(anna, .email, "anna@example.org")
        try await house.enroll(anna, .mobile, "+15550100101")
        try await house.enrollQuestions(anna)
        try await house.enrollAuthenticator(anna)
        for type in ["mobile", "securityQuestions", "authenticator", "email"] {
            let path = "/v1/me/enrollments/\(type)"
            #expect(await house.send(.delete, path, as: anna).status == 204)
            #expect(await house.send(.delete, path, as: anna).summary == "404 auth.not_enrolled")
        }
        #expect(try await enrolled(house, anna) == [])
        #expect(try await house.number("SELECT count(*) FROM answers") == 0)
        #expect(try await house.number("SELECT count(*) FROM audit WHERE kind = 'unenroll'") == 4)
        let notices = await house.deliver().filter { $0.kind == .factorRemoved }.map(\.to)
        #expect(notices.sorted() == ["+15550100101"] + Array(repeating: "anna@example.org", count: 4))
    }

    @Test func `a type the role does not enable is refused`() async throws {
        let roles = TestRoles.with(user: TestRoles.authentication(enabled: [.email, .mobile]))
        let house = try await TestHouse.open(roles: roles)
        let anna = try await house.signIn("anna")
        #expect(await start(house, anna, .mobile, "+15550100101") == "202")
        let only = try await house.run(
            roles: TestRoles.with(user: TestRoles.authentication(enabled: [.email], chosen: 1)))
        #expect(await start(only, anna, .mobile, "+15550100101") == "403 auth.type_not_enabled")
        let code = try await house.lastCode()
        #expect(await only.confirm(anna, .mobile, code).summary == "403 auth.type_not_enabled")
        let totp = await only.send(.post, "/v1/me/enrollments/authenticator", as: anna)
        #expect(totp.summary == "403 auth.type_not_enabled")
        #expect(
            await only.putQuestions(anna, [.object(["question": "x", "answer": "yes"])]).code == "auth.type_not_enabled"
        )
    }

    /// IN-03
    @Test func `no address mail cannot go to is taken`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        let before = try await house.snapshot()
        for address in Self.noAddresses {
            let answer = await start(house, anna, .email, address)
            #expect(["422 auth.invalid_address", "400 web.invalid_body"].contains(answer), "\(address): \(answer)")
        }
        #expect(try await house.snapshot() == before)
    }

    private static let noAddresses = [
        "", " ", "anna", "@example.org", "anna@", "anna@example", "anna@@example.org", "a@b@example.org",
        "anna@example.org\r\nBcc: eve@example.org", "anna@example.org\nBcc: eve@example.org", "anna@exam\u{0}ple.org",
        "anna@example.org\u{7f}", "anna @example.org", "anna@example.org,eve@example.org", "<anna@example.org>",
        "Anna <anna@example.org>", "\"anna\"@example.org", "anna@[192.0.2.1]", "anna@.example.org", "anna@example..org",
        "anna@example.org.", "anna..b@example.org", ".anna@example.org", "anna.@example.org",
        "anna@example.org;eve@example.org", "anna@-example.org", "anna\u{2028}@example.org",
    ]

    @Test(arguments: [
        "anna@example.org", "a.b+c@mail.example.org", "o'neill_1@example.org", "x@a-b.example.org", "änna@exämple.org",
    ])
    func `addresses in use are taken`(address: String) async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        try await house.enroll(anna, .email, address)
    }

    /// IN-03, RL-04
    @Test(arguments: [
        ("", "400 web.invalid_body"), ("5550100101", "422 auth.invalid_number"), ("+", "422 auth.invalid_number"),
        ("+0155501001", "422 auth.invalid_number"), ("+1555010", "202"), ("+155501", "422 auth.invalid_number"),
        ("+1555010010123456", "422 auth.invalid_number"), ("+155501001012345", "202"),
        ("+1 (555) 010-0101", "202"), ("+1.555/010 0101", "202"), ("+1555010٠١٢", "422 auth.invalid_number"),
        ("+15550100101;ext=1", "422 auth.invalid_number"), ("+15550100101\r\nX: y", "422 auth.invalid_number"),
        ("++15550100101", "422 auth.invalid_number"), ("+1555+0100101", "422 auth.invalid_number"),
        ("tel:+15550100101", "422 auth.invalid_number"), ("+491700000000", "422 auth.country_not_allowed"),
        ("＋15550100101", "422 auth.invalid_number"), ("+15550100101\u{0}", "400 web.invalid_body"),
    ])
    func `numbers are taken in international form, of allowed countries`(number: String, answer: String) async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        #expect(await start(house, anna, .mobile, number) == answer)
    }

    /// RL-01
    @Test func `codes to one address keep their distance`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        let ben = try await house.signIn("ben")
        #expect(await start(house, anna, .email, "anna@example.org") == "202")
        #expect(await start(house, ben, .email, "Anna@Example.org") == "429 auth.code_too_soon")
        house.clock.advance(by: .seconds(30))
        #expect(await start(house, ben, .email, "Anna@Example.org") == "202")
    }

    /// RL-01
    @Test func `nobody makes the service write to many strangers`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        for number in 0..<3 { #expect(await start(house, anna, .mobile, "+1555010010\(number)") == "202") }
        #expect(await start(house, anna, .mobile, "+15550100109") == "429 auth.code_too_soon")
        #expect(await start(house, anna, .email, "anna@example.org") == "202")
    }
}

/// Another code than this one, of the same length.
func wrong(_ code: String) -> String {
    (code.first == "0" ? "1" : "0") + code.dropFirst()
}
