import Audit
import Directory
import Model
import SQL
import StrictJSON
import TestSupport
import Testing

@testable import HelpdeskService

/// Passwords, codes and addresses where they must not be (PW-03, AU-03, PR-01, PR-02).
@Suite struct SecrecyTests {
    private static let canary = "canary-Plinth-77-walnut"

    /// PW-03, AU-03, PR-02
    @Test func `a password is in no file, log, answer or history once it was sent`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.store("contractors").script.withLock { $0.failures = [.unavailable("down")] }
        let verification = try await house.verified("anna", for: .resetPassword, by: ola)
        let body: JSON = .object([
            "accounts": [.string(try house.id("anna").text), .string(try house.id("anna.b").text)],
            "verification": .string(verification.text), "method": "newPassword", "password": .string(Self.canary),
            "deliver": ["email": "enrolled-mail"],
        ])
        let done = await house.send(.post, try house.path(.resetPassword, "anna"), as: ola, body, key: "1")
        #expect(done.outcomes == ["done", "failed"])
        let again = await house.send(.post, try house.path(.resetPassword, "anna"), as: ola, body, key: "1")
        let operation = try required(done.operation)
        let seen = await house.send(.get, "/v1/operations/\(operation)", as: ola)
        let history = await house.send(.get, "/v1/users/\(try house.id("anna"))/history", as: ola)
        try #require(house.messages.withLock { $0.isEmpty })
        #expect(await house.delivered().contains("newPassword anna.private@example.org"))
        for answer in [done, again, seen, history] { #expect(!answer.description.contains(Self.canary)) }
        for secret in [Self.canary, "anna.private@example.org", ola.token] {
            expectNowhere(secret, house)
        }
    }

    /// PW-03
    @Test func `a generated password is in no file and no log`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let done = try await house.perform(.resetPassword, by: ola)
        expectNowhere(try required(done.body["password"]?.stringValue), house)
    }

    /// PR-01, V3
    @Test func `addresses are masked unless the role may see them`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let path = "/v1/users/\(try house.id("anna"))"
        let start: JSON = ["action": "resetPassword"]
        let open = await house.send(.get, path, as: ola)
        #expect(open.description.contains("anna.private@example.org"))
        let shown = await house.send(.post, path + "/verifications", as: ola, start)
        #expect(shown.description.contains("anna.private@example.org"))
        try house.desk { $0.permissions.remove(.seeContactDetails) }
        let masked = await house.send(.get, path, as: ola)
        #expect(masked.body["contacts"]?.arrayValue?.count == 3)
        #expect(!masked.description.contains("anna.private"))
        #expect(!masked.description.contains("+15550100100"))
        let hidden = await house.send(.post, path + "/verifications", as: ola, start)
        #expect(hidden.body["types"]?.arrayValue?.first?["address"] == "a•••@example.org")
        let id = try required(hidden.body["id"]?.stringValue)
        let read = await house.send(.get, "/v1/verifications/\(id)", as: ola)
        #expect(!read.description.contains("anna.private"))
    }

    /// VS-08
    @Test func `a check says three things and no more`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let started = await house.send(
            .post, "/v1/users/\(try house.id("anna"))/verifications", as: ola, ["action": "resetPassword"])
        let id = try required(started.body["id"]?.stringValue)
        for code in ["1", "12345678"] {
            let checked = await house.send(
                .post, "/v1/verifications/\(id)/mobile/answer", as: ola, ["code": .string(code)])
            #expect(checked.body.objectValue?.map(\.name).sorted() == ["attemptsLeft", "ok", "status"])
        }
    }

    private func expectNowhere(_ secret: String, _ house: TestDesk) {
        let needle = Array(secret.utf8)
        for name in ["helpdesk.db", "helpdesk.db-wal", "staff.db", "staff.db-wal", "contractors.db"] {
            let isFromDirectory = name.hasPrefix("staff") || name.hasPrefix("contractors")
            if isFromDirectory, secret.contains("@") { continue }
            #expect(!contains(readFile(house.folder.file(name)), needle), "\(name)")
        }
        #expect(!house.logs.withLock { $0.contains { contains($0, needle) } })
    }

    private func contains(_ bytes: [UInt8], _ needle: [UInt8]) -> Bool {
        guard let first = needle.first, bytes.count >= needle.count else { return false }
        return bytes.indices.dropLast(needle.count - 1).contains { index in
            bytes[index] == first && bytes[index..<index + needle.count].elementsEqual(needle)
        }
    }
}
