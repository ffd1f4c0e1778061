import Audit
import Crypto
import Model
import SQL
import StrictJSON
import TestSupport
import Testing

@testable import AuthService

/// A canary through everything: what must not be kept is found nowhere.
@Suite struct SecrecyTests {
    /// AC-02, SQ-01, TP-03, AU-03, PR-02
    @Test func `no secret is in the database, its log, the log lines, the history or the metrics`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, secret) = try await house.enrolledAnna()
        var canaries: [String: String] = [
            "password": TestHouse.password, "number": "+15550100101", "address": "anna@example.org",
            "authenticator secret": secret.withBytes { Base32.encode($0) },
            "access token": anna.accessToken, "refresh token": anna.refreshToken, "operator token": ola.accessToken,
            "service token": try house.serviceToken(), "name": "Anna Berger",
        ]
        let verification = try await house.start(anna, by: ola)
        let used = house.totp(secret)
        try await verification.verify(.mobile)
        try await verification.verifyQuestions()
        #expect(try await verification.answer(.authenticator, used).json["ok"] == true)
        #expect(try await verification.answer(.email, "wrong-code").json["ok"] == false)
        for question in verification.started.questions.map(\.id) {
            canaries["answer to \(question)"] = TestHouse.answer(to: question)
        }
        #expect(try await verification.post("email/code").status == 202)
        canaries["waiting code"] = try await house.lastCode()
        canaries["proof"] = try required(try await verification.redeem().json["proof"]?.stringValue)
        canaries["wrong value"] = "wrong-code"
        for (index, message) in await house.deliver().enumerated() {
            if let code = codeIn(message.text) { canaries["code \(index)"] = code }
            canaries["text \(index)"] = message.text
        }
        canaries["renewed token"] = try await house.renewed(anna).accessToken
        #expect(await house.postSignIn("anna", password: "canary-Password-77").status == 401)
        canaries["wrong password"] = "canary-Password-77"
        #expect(canaries.count > 20)
        try await search(house, for: canaries)
    }

    private func search(_ house: TestHouse, for canaries: [String: String]) async throws {
        let raw = try await rawBytes(of: house)
        let metrics = await house.send(.get, "/metrics", as: nil)
        let feed = try await house.desk(.get, "/v1/events?limit=1000", for: nil)
        var places = raw
        places["metrics"] = metrics.body
        places["event feed"] = feed.body
        places["log"] = house.logs.withLock { $0.flatMap { $0 } }
        #expect(places.values.allSatisfy { !$0.isEmpty })
        for (name, canary) in canaries {
            for (place, bytes) in places {
                #expect(!contains(bytes, Array(canary.utf8)), "\(name) in \(place)")
            }
        }
        let secret = try required(canaries["authenticator secret"].flatMap { Base32.decode($0) })
        for (place, bytes) in raw { #expect(!contains(bytes, secret), "the secret's bytes in \(place)") }
    }

    /// The files of the auth database as they are, with the log not yet folded in.
    private func rawBytes(of house: TestHouse) async throws -> [String: [UInt8]] {
        let path = house.folder.file("auth.db")
        var files = ["write-ahead log": readFile(path + "-wal")]
        try await house.database.read { _ = try $0.query("SELECT count(*) FROM audit") }
        files["database"] = readFile(path)
        return files
    }

    private func contains(_ bytes: [UInt8], _ needle: [UInt8]) -> Bool {
        guard let first = needle.first else { return true }
        return bytes.withUnsafeBytes { hay in
            var from = 0
            while let found = hay[from...].firstIndex(of: first), found + needle.count <= hay.count {
                if hay[found..<(found + needle.count)].elementsEqual(needle) { return true }
                from = found + 1
            }
            return false
        }
    }

    @Test func `the search finds what is there`() {
        #expect(contains(Array("xxab".utf8), Array("ab".utf8)))
        #expect(contains(Array("aab".utf8), Array("ab".utf8)))
        #expect(!contains(Array("axb".utf8), Array("ab".utf8)))
    }

    /// AC-02
    @Test func `a stored code cannot be found by trying all`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        #expect(try await verification.post("email/code").status == 202)
        let code = try await house.lastCode()
        let mac = try await house.database.read { connection in
            try connection.query("SELECT mac FROM codes WHERE scope LIKE 'verification%'").first?.blob(0) ?? []
        }
        let scope = StoredCode.scope(verification.id, .email)
        let guesses = [
            Digest.sha256(Array(code.utf8)), Digest.sha256(Array((scope + code).utf8)),
            HMAC.sha256(key: Secret(""), Array(code.utf8)),
        ]
        #expect(mac.count == 32)
        #expect(!guesses.contains(mac))
    }

    /// VS-08
    @Test func `no answer tells what is right`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        let state = try await house.desk(.get, "/v1/verifications/\(verification.id)", for: ola)
        for question in verification.started.questions.map(\.id) {
            #expect(!String(decoding: state.body, as: UTF8.self).contains(TestHouse.answer(to: question)))
        }
    }
}
