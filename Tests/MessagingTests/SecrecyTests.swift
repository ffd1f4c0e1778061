import Model
import SQL
import TestSupport
import Testing

@testable import Messaging

@Suite struct SecrecyTests {
    /// PW-03: neither the password nor the address is in the database, its WAL or its index at any stage.
    @Test func `no byte of a message lies in the database files, from enqueueing to the end`() async throws {
        let fixture = try await OutboxFixture()
        let canaries = ["canary-Password-7h3", "jane.canary.doe", "canary-login", "+12025550177"]
        var message = OutboxMessage(
            id: OutboxMessage.code("m1").id, kind: .newPassword, channel: .email,
            address: "jane.canary.doe@example.org",
            fields: ["login": "canary-login", "store": "S", "password": "canary-Password-7h3", "mustChange": "true"])
        message.group = "operation-1"
        try await fixture.enqueue(message, .code("m2", to: "+12025550177", channel: .sms))
        expectAbsent(canaries, fixture, "when enqueued")
        fixture.channel.fail(.temporary(reason: "unreachable"))
        let worker = fixture.worker()
        await worker.drain()
        expectAbsent(canaries, fixture, "after a failed try")
        fixture.clock.advance(by: .seconds(60))
        await worker.drain()
        #expect(fixture.channel.delivered.first?.text.contains("canary-Password-7h3") == true)
        expectAbsent(canaries, fixture, "when sent")
        #expect(try await fixture.sealed("m1") == nil)
        #expect(try await fixture.sealed("m2") == nil)
        fixture.database.close()
        expectAbsent(canaries, fixture, "after the end")
    }

    private func expectAbsent(_ canaries: [String], _ fixture: OutboxFixture, _ stage: Comment) {
        var found = 0
        guard case .sqlite(let path) = fixture.store.configuration else { return }
        for ending in ["", "-wal", "-shm"] {
            let bytes = readFile(path + ending)
            found += bytes.count
            for canary in canaries { #expect(!holds(bytes, Array(canary.utf8)), stage) }
        }
        #expect(found > 0)
        // The scan does find what is there.
        #expect(holds(Array("a needle here".utf8), Array("needle".utf8)))
    }

    private func holds(_ bytes: [UInt8], _ needle: [UInt8]) -> Bool {
        var start = bytes.startIndex
        while let index = bytes[start...].firstIndex(of: needle[0]) {
            if bytes[index...].starts(with: needle) { return true }
            start = index + 1
        }
        return false
    }
}
