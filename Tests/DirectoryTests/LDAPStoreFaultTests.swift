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

    @Test(arguments: ["reset", "stall"])
    func `a directory that resets or hangs is unavailable and then works again`(
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
}
