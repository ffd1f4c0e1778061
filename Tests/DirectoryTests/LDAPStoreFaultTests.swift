import Glibc
import Model
import Platform
import TestSupport
import Testing

@testable import Directory

/// What becomes of a call when the directory or the way to it is broken: a clear error, nothing half done, and the next
/// call works without anybody's help.
@Suite struct LDAPStoreFaultTests {
    private static let quick = ["connectSeconds": "2", "deadlineSeconds": "3"]

    /// A store that reaches its server through a proxy that breaks what goes through it.
    private struct Broken {
        let directory: LDAPTestDirectory
        let proxy: KitServer
        let mode: String
        let id: AccountID

        init() async throws {
            let slapd = try SlapdServer()
            mode = slapd.folder.write("mode", "ok")
            proxy = try KitServer("fault-proxy.py", ["\(slapd.securePort)", mode])
            directory = try LDAPTestDirectory(
                slapd, settings: LDAPStoreFaultTests.quick.merging(["servers": "[\"127.0.0.1:\(proxy.port)\"]"]) { $1 })
            id = try await directory.add(TestPerson("ines"))
        }

        func become(_ words: String) { directory.slapd.folder.write("mode", words) }

        func end() {
            directory.end()
            try? proxy.stop()
        }
    }

    private func isUnavailable(_ body: () async throws -> Void) async -> Bool {
        do {
            try await body()
            return false
        } catch StoreError.unavailable {
            return true
        } catch {
            return false
        }
    }

    @Test(arguments: ["reset", "stall", "cut 3000"])
    func `a directory that resets, hangs or breaks off is unavailable and then works again`(
        mode: String
    ) async throws {
        let broken = try await Broken()
        defer { broken.end() }
        let store = broken.directory.store
        let before = try await broken.directory.read(broken.id)
        broken.become(mode)
        let start = MonotonicTime.nanoseconds()
        #expect(await isUnavailable { _ = try await store.account(broken.id) })
        #expect(await isUnavailable { try await store.check() })
        #expect(await isUnavailable { _ = try await broken.directory.refusal("ines") })
        #expect(await isUnavailable { try await broken.directory.reset(broken.id) })
        #expect(await isUnavailable { _ = try await store.unlock(broken.id, operation: operationID("op")) })
        #expect(await isUnavailable { try await store.synchronize(after: nil) { _ in } })
        #expect(MonotonicTime.nanoseconds() - start < 40_000_000_000)
        broken.become("ok")
        #expect(try await broken.directory.read(broken.id) == before)
        #expect(try await broken.directory.refusal("ines") == nil)
        try await broken.directory.reset(broken.id)
        #expect(try await broken.directory.refusal("ines", TestPerson.otherPassword) == nil)
    }

    @Test func `a slow directory is waited for`() async throws {
        let broken = try await Broken()
        defer { broken.end() }
        broken.become("delay 40")
        try await broken.directory.reset(broken.id)
        #expect(try await broken.directory.refusal("ines", TestPerson.otherPassword) == nil)
    }

    @Test func `calls that wait for a hanging directory are over at their deadline however many there are`()
        async throws
    {
        let broken = try await Broken()
        defer { broken.end() }
        broken.become("stall")
        let start = MonotonicTime.nanoseconds()
        let store = broken.directory.store
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<40 { group.addTask { await isUnavailable { _ = try await store.account(broken.id) } } }
            for await isUnavailable in group { #expect(isUnavailable) }
        }
        #expect(MonotonicTime.nanoseconds() - start < 12_000_000_000)
    }

    @Test func `a server that was stopped and started again is found again, for writes too`() async throws {
        let directory = try LDAPTestDirectory(settings: Self.quick)
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try directory.slapd.stop()
        #expect(await isUnavailable { try await directory.reset(id) })
        try directory.slapd.start()
        try await directory.reset(id)
        // Connections that lie idle while the server comes back are known to be dead before something is sent on them.
        try directory.slapd.stop()
        try directory.slapd.start()
        try await directory.reset(id, to: TestPerson.thirdPassword, "op-again")
        #expect(try directory.slapd.lets(directory.name(id), in: TestPerson.thirdPassword))
    }

    @Test func `the second server serves while the first is away`() async throws {
        let slapd = try SlapdServer()
        let dead = freePort()
        let directory = try LDAPTestDirectory(
            slapd,
            settings: Self.quick.merging(["servers": "[\"127.0.0.1:\(dead)\", \"127.0.0.1:\(slapd.securePort)\"]"]) {
                $1
            })
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.reset(id)
        #expect(try await directory.refusal("ines", TestPerson.otherPassword) == nil)
    }

    /// CR-04: a write whose answer was not seen is not said to have failed; reading settles it.
    @Test func `a reset whose answer is lost is unknown, and settled once the directory answers`() async throws {
        let directory = try LDAPTestDirectory(settings: Self.quick)
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let since = try await directory.read(id).credentialVersion
        let dn = try directory.name(id)
        let server = try #require(
            Int32(String(decoding: readFile(directory.slapd.folder.file("slapd/slapd.pid")), as: UTF8.self).trimmed))
        let change = LDAPModification.replace("userPassword", [Array(TestPerson.otherPassword.utf8)])
        var failure: LDAPFailure?
        do throws(LDAPFailure) {
            _ = try await directory.ldap.pool.write { (connection, deadline) throws(LDAPFailure) in
                kill(server, SIGSTOP)
                return try connection.modify(dn, [change], deadline)
            }
        } catch {
            failure = error
        }
        #expect(await isUnavailable { _ = try await directory.store.account(id) })
        kill(server, SIGCONT)
        guard case .outcomeUnknown = failure.map({ StoreError(writing: $0) }) else {
            Issue.record("\(String(describing: failure))")
            return
        }
        let settle = {
            try await directory.store.settlement(of: operationID("op"), account: id, since: since, setting: settled)
        }
        try await waitUntil("the write is done") { try await settle() == .applied }
        #expect(try directory.slapd.lets(dn, in: TestPerson.otherPassword))
    }

    @Test func `a read-only directory writes nothing and says so`() async throws {
        let directory = try LDAPTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.lock("ines")
        let before = try await directory.read(id)
        try directory.slapd.stop()
        try directory.slapd.start(["--read-only"])
        #expect(await isUnavailable { try await directory.reset(id) })
        #expect(await isUnavailable { _ = try await directory.store.unlock(id, operation: operationID("op")) })
        #expect(try await directory.read(id) == before)
    }

    @Test func `a directory whose disk is full changes nothing, and works once there is room`() async throws {
        let disk = try SmallDisk()
        chmod(disk.path, 0o711)
        let directory = try LDAPTestDirectory(try SlapdServer(["--database", disk.path + "/data"]))
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let before = try await directory.read(id)
        _ = try runProgram("dd", ["if=/dev/zero", "of=\(disk.path)/filler", "bs=4096"])
        var refusals = 0
        for number in 0..<20 {
            do {
                try await directory.reset(id, to: "Test-only-filler-\(number)-4711!", "op-\(number)")
            } catch StoreError.outcomeUnknown, StoreError.unavailable {
                refusals += 1
                break
            }
        }
        #expect(refusals == 1)
        let after = try await directory.read(id)
        #expect(after.id == before.id && after.login == before.login)
        try disk.grow()
        try await directory.reset(id, to: TestPerson.thirdPassword, "op-last")
        #expect(try await directory.refusal("ines", TestPerson.thirdPassword) == nil)
    }
}

extension String {
    /// Without a line feed at the end.
    fileprivate var trimmed: String { String(prefix { $0.isNumber }) }
}
