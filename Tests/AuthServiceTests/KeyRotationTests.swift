import AuthAPI
import Crypto
import Model
import SQL
import StrictJSON
import Testing

@testable import AuthService

/// TK-03: keys rotate without a refused request.
@Suite struct KeyRotationTests {
    private func rotate(_ house: TestHouse) async throws -> String {
        try await SigningKeys.rotate(
            in: house.database, keyring: house.keyring, audit: house.audit, at: house.clock.now())
    }

    private func published(_ house: TestHouse) async -> Set<String> {
        let keys = await house.send(.get, "/.well-known/jwks.json", as: nil).json["keys"]?.arrayValue ?? []
        return Set(keys.compactMap { $0["kid"]?.stringValue })
    }

    private func kid(_ person: SignedIn) -> String { JWT.unverifiedKeyID(of: person.accessToken) ?? "" }

    /// Two replicas that look for keys every five seconds, not at the same moment; people sign in at one and ask the
    /// other, every second, before, during and long after the rotation.
    @Test func `every token is good at every replica, all through a rotation`() async throws {
        let first = try await TestHouse.open()
        let second = try await first.run(database: try SQLiteDatabase(path: first.folder.file("auth.db")))
        let old = kid(try await first.signIn("anna"))
        var next: String?
        var kids: [String] = []
        for tick in 0..<60 {
            if tick == 12 { next = try await rotate(first) }
            let now = first.clock.now()
            if tick % 5 == 0 { try await first.collaborators.tokens.reload(from: first.database, at: now) }
            if tick % 5 == 3 { try await second.collaborators.tokens.reload(from: second.database, at: now) }
            let (issuing, asked) = tick.isMultiple(of: 2) ? (first, second) : (second, first)
            let login = ["anna", "ben", "cora", "ola", "pia", "uma", "una", "ada"][tick % 8]
            let person = try await issuing.signIn(login)
            kids.append(kid(person))
            for house in [issuing, asked] {
                #expect(await house.send(.get, "/v1/me/enrollments", as: person).status == 200, "second \(tick)")
            }
            first.clock.advance(by: .seconds(1))
        }
        let new = try required(next)
        #expect(kids.first == old)
        #expect(kids.last == new)
        #expect(Set(kids) == [old, new])
    }

    @Test func `the old key verifies until its last token has expired, then it is gone`() async throws {
        let house = try await TestHouse.open()
        let old = try #require(await published(house).first)
        house.clock.advance(by: .seconds(60))
        let new = try await rotate(house)
        let last = house.clock.now() + .seconds(19)
        house.clock.set(last - .seconds(5))
        try await house.collaborators.tokens.reload(from: house.database, at: house.clock.now())
        house.clock.set(last)
        let anna = try await house.signIn("anna")
        #expect(kid(anna) == old)
        try await house.collaborators.tokens.reload(from: house.database, at: house.clock.now())
        #expect(kid(try await house.signIn("ben")) == new)
        #expect(await published(house) == [old, new])
        house.clock.set(last + .seconds(629))
        try await house.collaborators.tokens.reload(from: house.database, at: house.clock.now())
        #expect(await house.send(.get, "/v1/me/enrollments", as: anna).status == 200)
        house.clock.advance(by: .seconds(120))
        try await house.collaborators.tokens.reload(from: house.database, at: house.clock.now())
        #expect(await published(house) == [new])
    }

    @Test func `a key that has signed for ninety days is replaced`() async throws {
        let house = try await TestHouse.open()
        let maintenance = Maintenance(collaborators: house.collaborators)
        try await maintenance.rotateKeys()
        #expect(try await house.number("SELECT count(*) FROM signing_keys") == 1)
        house.clock.advance(by: .seconds(90 * 86_400 + 1))
        try await maintenance.rotateKeys()
        #expect(try await house.number("SELECT count(*) FROM signing_keys WHERE retired_at IS NULL") == 1)
        #expect(try await house.number("SELECT count(*) FROM signing_keys") == 2)
        #expect(try await house.number("SELECT count(*) FROM audit WHERE kind = 'keyRotation'") == 2)
    }

    @Test func `without a key the service is not ready`() async throws {
        let house = try await TestHouse.open()
        #expect(await house.send(.get, "/readyz", as: nil).json["status"] == "ready")
        try await house.database.write { _ = try $0.execute("DELETE FROM signing_keys") }
        try await house.collaborators.tokens.reload(from: house.database, at: house.clock.now())
        let answer = await house.send(.get, "/readyz", as: nil)
        #expect(answer.status == 503)
        #expect(answer.json["keys"] == "missing")
    }

    @Test func `a store that does not answer degrades the service and no more`() async throws {
        let house = try await TestHouse.open()
        house.stores.close()
        let answer = await house.send(.get, "/readyz", as: nil)
        #expect(answer.status == 200)
        #expect(answer.json["status"] == "degraded")
    }
}
