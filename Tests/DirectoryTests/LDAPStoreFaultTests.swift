import Model
import Platform
import TestSupport
import Testing

@testable import Directory

/// What becomes of a call when the way to the directory is broken: a clear error, nothing half done, and the next call
/// works without anybody's help.
@Suite struct LDAPStoreFaultTests {
    /// A store that reaches its server by a way that breaks what goes through it.
    private struct Broken {
        let directory: LDAPTestDirectory
        let way: FaultyWay
        let id: AccountID

        init() async throws {
            let slapd = try SlapdServer()
            way = try FaultyWay(to: slapd.securePort)
            directory = try LDAPTestDirectory(
                slapd, settings: ["servers": "[\(way.setting)]", "connectSeconds": "2", "deadlineSeconds": "3"])
            id = try await directory.add(TestPerson("ines"))
        }
    }

    @Test(arguments: ["reset", "stall"])
    func `a directory that resets or hangs is unavailable and then works again`(
        mode: String
    ) async throws {
        let broken = try await Broken()
        defer { broken.directory.end() }
        let store = broken.directory.store
        let before = try await broken.directory.read(broken.id)
        broken.way.become(mode)
        let start = MonotonicTime.nanoseconds()
        #expect(await isUnavailable { _ = try await store.account(broken.id) })
        #expect(await isUnavailable { try await store.check() })
        #expect(await isUnavailable { _ = try await broken.directory.refusal("ines") })
        #expect(await isUnavailable { try await broken.directory.reset(broken.id) })
        #expect(await isUnavailable { _ = try await store.unlock(broken.id, operation: operationID("op")) })
        #expect(await isUnavailable { try await store.synchronize(after: nil) { _ in } })
        #expect(MonotonicTime.nanoseconds() - start < 40_000_000_000)
        broken.way.become("ok")
        #expect(try await broken.directory.read(broken.id) == before)
        #expect(try await broken.directory.refusal("ines") == nil)
        try await broken.directory.reset(broken.id)
        #expect(try await broken.directory.refusal("ines", TestPerson.otherPassword) == nil)
    }

    @Test func `a slow directory is waited for`() async throws {
        let broken = try await Broken()
        defer { broken.directory.end() }
        broken.way.become("delay 40")
        try await broken.directory.reset(broken.id)
        #expect(try await broken.directory.refusal("ines", TestPerson.otherPassword) == nil)
    }

    @Test func `calls that wait for a hanging directory are over at their deadline however many there are`()
        async throws
    {
        let broken = try await Broken()
        defer { broken.directory.end() }
        broken.way.become("stall")
        let start = MonotonicTime.nanoseconds()
        let store = broken.directory.store
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<40 { group.addTask { await isUnavailable { _ = try await store.account(broken.id) } } }
            for await isUnavailable in group { #expect(isUnavailable) }
        }
        #expect(MonotonicTime.nanoseconds() - start < 12_000_000_000)
    }

    /// CR-04: wherever the answers of the server end, what is said of the write is what became of it, and it is sent
    /// once.
    @Test func `an answer that is lost never makes a wrong outcome`() async throws {
        let broken = try await Broken()
        defer { broken.directory.end() }
        let (slapd, store) = (broken.directory.slapd, broken.directory.store)
        let name = try broken.directory.name(broken.id)
        var (current, outcomes): (String, [String]) = (TestPerson.rightPassword, [])
        for step in 1...20 where outcomes.last != "done" {
            let since = try await broken.directory.read(broken.id).credentialVersion
            let (next, operation, sent) = ("Test-only-step-\(step)-4711!", operationID("op-\(step)"), slapd.writes)
            broken.way.become("answers \(step)")
            let outcome = await Self.outcome {
                try await broken.directory.reset(broken.id, to: next, "op-\(step)")
            }
            broken.way.become("ok")
            #expect(slapd.writes - sent <= 1)
            let settlement = try await store.settlement(
                of: operation, account: broken.id, since: since, setting: Secret(next))
            let isNew = try slapd.lets(name, in: next)
            #expect(settlement == (isNew ? .applied : .notApplied), "\(step)")
            if outcome != "unknown" { #expect(isNew == (outcome == "done"), "\(step): \(outcome)") }
            if isNew { current = next }
            #expect(try slapd.lets(name, in: current), "\(step)")
            outcomes.append(outcome)
        }
        #expect(Set(outcomes) == ["unavailable", "unknown", "done"], "\(outcomes)")
    }

    private static func outcome(_ body: () async throws -> String) async -> String {
        do {
            _ = try await body()
            return "done"
        } catch StoreError.unavailable {
            return "unavailable"
        } catch StoreError.outcomeUnknown {
            return "unknown"
        } catch {
            return "\(error)"
        }
    }
}
