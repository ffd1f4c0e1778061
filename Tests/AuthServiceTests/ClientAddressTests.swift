import AuthAPI
import Model
import StrictJSON
import Testing

@testable import AuthService

/// Where a caller sits, as the history and the limits see it.
@Suite struct ClientAddressTests {
    private func source(of house: TestHouse) async throws -> String {
        try await house.database.read { connection in
            try connection.query("SELECT source FROM audit WHERE kind = 'signIn' ORDER BY sequence DESC LIMIT 1")
                .first?.text(0) ?? ""
        }
    }

    private func signIn(_ house: TestHouse, _ headers: [(String, String)]) async -> Int {
        let body = JSON.object(["store": "staff", "login": "anna", "password": .string(TestHouse.password)])
        return await house.send(
            .post, "/v1/sessions", headers: headers + [("Content-Type", "application/json")],
            bytes: body.serialized(), from: "192.0.2.9"
        ).status
    }

    /// RL-01, ST-01
    @Test func `the helpdesk service is believed where its caller sits, nobody else`() async throws {
        let house = try await TestHouse.open()
        let client = (AuthNames.clientAddressHeader, "198.51.100.7")
        let service = ("Authorization", "Bearer \(try house.serviceToken())")
        let anna = try await house.signIn("anna")
        #expect(await signIn(house, [client]) == 201)
        #expect(try await source(of: house) == "192.0.2.9")
        #expect(await signIn(house, [client, ("Authorization", "Bearer \(anna.accessToken)")]) == 201)
        #expect(try await source(of: house) == "192.0.2.9")
        #expect(await signIn(house, [client, service]) == 201)
        #expect(try await source(of: house) == "198.51.100.7")
        let bad = (AuthNames.clientAddressHeader, "198.51.100.7\u{e9}")
        #expect(await signIn(house, [bad, service]) == 201)
        #expect(try await source(of: house) == "192.0.2.9")
    }
}
