import Directory
import Model
import Platform
import TestSupport
import Testing

/// A domain controller that is down, hangs, breaks off, is slow or is an impostor: each a clear outcome, nothing half
/// done, and the store recovers by itself.
@Suite struct ActiveDirectoryFaultTests {
    @Test func `a domain controller that is down or hangs is unavailable within the deadline, and then is back`()
        async throws
    {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let proxy = try FaultyWay(to: 636, of: directory.server.address)
        let store = try directory.another([proxy.server], deadline: .seconds(2))
        defer { store.close() }
        for fault in ["stall", "reset"] {
            #expect(try await store.account(id)?.id == id)
            proxy.become(fault)
            let start = MonotonicTime.nanoseconds()
            #expect(await isUnavailable { _ = try await store.account(id) }, "\(fault)")
            #expect(await isUnavailable { try await store.check() }, "\(fault)")
            #expect(
                await isUnavailable { _ = try await store.signIn(login: "ines", password: Secret("x")) }, "\(fault)")
            #expect(
                await isUnavailable { _ = try await store.unlock(id, operation: operationID("op-u")) }, "\(fault)")
            #expect(MonotonicTime.nanoseconds() - start < 20_000_000_000)
            proxy.become("ok")
            try await store.check()
        }
        proxy.become("delay 50")
        #expect(try await store.account(id)?.id == id)
    }

    /// CR-04: wherever the connection breaks, what is said of the write is what became of it.
    @Test func `a connection that breaks anywhere never makes a wrong outcome`() async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let proxy = try FaultyWay(to: 636, of: directory.server.address)
        var outcomes: Set<String> = []
        var current = TestPerson.rightPassword
        for step in 0..<12 {
            let store = try directory.another([proxy.server], deadline: .seconds(5))
            defer { store.close() }
            let since = try await directory.read(id).credentialVersion
            let next = "Test-only-step-\(step)-4711!"
            proxy.become("cut \(2_000 + 800 * step)")
            let operation = operationID("op-\(step)")
            let outcome: String
            do throws(StoreError) {
                _ = try await store.resetPassword(of: id, to: Secret(next), mustChange: false, operation: operation)
                outcome = "done"
            } catch {
                switch error {
                case .unavailable: outcome = "unavailable"
                case .outcomeUnknown: outcome = "unknown"
                default: outcome = "\(error)"
                }
            }
            outcomes.insert(outcome)
            let settlement = try await directory.store.settlement(
                of: operation, account: id, since: since, setting: Secret(next))
            let isNew = try await directory.refusal("ines", next) == nil
            #expect(settlement == (isNew ? .applied : .notApplied), "\(step)")
            if outcome == "done" { #expect(isNew, "\(step)") }
            if outcome == "unavailable" { #expect(!isNew, "\(step)") }
            if isNew { current = next } else { #expect(try await directory.refusal("ines", current) == nil) }
        }
        #expect(outcomes.isSubset(of: ["done", "unavailable", "unknown"]) && outcomes.contains("unavailable"))
    }

    @Test func `a second domain controller takes over, and settling asks both`() async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let first = try FaultyWay(to: 636, of: directory.server.address)
        let second = try FaultyWay(to: 636, of: directory.server.address)
        let store = try directory.another([first.server, second.server], deadline: .seconds(5))
        defer { store.close() }
        let since = try #require(try await store.account(id)).credentialVersion
        let settle = {
            try await store.settlement(of: operationID("op"), account: id, since: since, setting: settled)
        }
        first.become("refuse")
        #expect(await isUnavailable { _ = try await settle() })
        _ = try await store.resetPassword(of: id, to: settled, mustChange: false, operation: operationID("op"))
        #expect(try await settle() == .applied)
        #expect(try await directory.refusal("ines", TestPerson.otherPassword) == nil)
        second.become("refuse")
        first.become("ok")
        #expect(try await store.account(id)?.id == id)
    }

    @Test func `a domain controller that is restarted is found again`() async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        #expect(try await directory.store.account(id)?.id == id)
        directory.server.stop()
        #expect(await isUnavailable { try await directory.store.check() })
        try await directory.server.restart()
        #expect(try await directory.store.account(id)?.id == id)
    }

    @Test func `a certificate of somebody else or one that has expired lets nothing through`() async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        let foreign = try directory.another(authority: try TestCertificates().authority)
        defer { foreign.close() }
        #expect(await isUnavailable { try await foreign.check() })
        let old = try ActiveDirectoryFaultTests.expiredCertificates()
        let server = try await SambaServer.start(old)
        defer { server.stop() }
        let expired = try directory.another(
            [LDAPServer(host: server.address, port: 636)], authority: old.authority)
        defer { expired.close() }
        #expect(await isUnavailable { try await expired.check() })
    }

    @Test func `a service account with another password is told`() async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        let store = try directory.another(secret: "Test-only-not-the-password-1")
        defer { store.close() }
        #expect(await isUnavailable { try await store.check() })
    }

    /// Made three years ago, good for 825 days.
    private static func expiredCertificates() throws -> TestCertificates {
        let certificates = try TestCertificates()
        try runSuccessfully("faketime", ["-3 years", "sh", kitFile("make-ca.sh"), certificates.folder.path])
        return certificates
    }
}
