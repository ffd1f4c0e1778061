import Directory
import Model
import Platform
import TestSupport
import Testing

/// What the service account may not do is refused with a reason that says so, and not half done.
@Suite struct ActiveDirectoryRightsTests {
    /// A store whose service account lacks one of the rights that `samba-ad-seed.py` grants.
    private func lacking(
        _ right: String, in directory: ActiveDirectoryTestDirectory, mark: String? = nil
    ) throws -> ActiveDirectoryStore {
        try directory.another(mark: mark, bindAs: "lacking-\(right)@ad.example.org")
    }

    /// Refused for want of a right, in a sentence for the operator without a word of the server's.
    private func isDenied(_ body: () async throws -> Void) async -> Bool {
        do {
            try await body()
            return false
        } catch StoreError.unsupported(let reason) {
            #expect(reason.contains("does not let Latchkey change this account"))
            #expect(!reason.contains("0000") && !reason.contains("DC=") && !reason.contains("lacking"))
            return true
        } catch {
            Issue.record("\(error)")
            return false
        }
    }

    @Test(arguments: ["reset", "lockoutTime", "pwdLastSet"])
    func `a reset without one of its rights is refused whole`(right: String) async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        let store = try lacking(right, in: directory)
        defer { store.close() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.lock("ines")
        let before = try await directory.read(id)
        for mustChange in [true, false] {
            let denied = await isDenied {
                _ = try await store.resetPassword(
                    of: id, to: settled, mustChange: mustChange, operation: operationID("op-reset"))
            }
            #expect(denied)
        }
        #expect(try await directory.read(id) == before && before.isLocked)
        _ = try await directory.store.unlock(id, operation: operationID("op-unlock"))
        #expect(try await directory.refusal("ines") == nil)
    }

    @Test func `an unlock without its right is refused, and one that needs no other right is done`() async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        let (without, with) = (try lacking("lockoutTime", in: directory), try lacking("reset", in: directory))
        defer {
            without.close()
            with.close()
        }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.lock("ines")
        #expect(await isDenied { _ = try await without.unlock(id, operation: operationID("op-unlock")) })
        #expect(try await directory.read(id).isLocked)
        _ = try await with.unlock(id, operation: operationID("op-unlock"))
        #expect(try await directory.refusal("ines") == nil)
    }

    /// CR-04: a write that could not be told from another one is not made at all.
    @Test func `where the operation cannot be noted nothing is written`() async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        let mark = "msDS-cloudExtensionAttribute1"
        let store = try lacking(mark, in: directory, mark: mark)
        defer { store.close() }
        let id = try await directory.add(TestPerson("ines"))
        #expect(
            await isDenied {
                _ = try await store.resetPassword(
                    of: id, to: settled, mustChange: false, operation: operationID("op-reset"))
            })
        #expect(try await directory.refusal("ines") == nil)
    }

    /// S4
    @Test func `a lock that has lapsed is none, though its attribute is still there`() async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.lock("ines")
        #expect(try await directory.read(id).isLocked)
        let dn = try await directory.dn(of: id)
        let hourAgo = (SystemClock().now() - .seconds(3_600)).microseconds * 10 + 116_444_736_000_000_000
        try await directory.server.writeBehind(.change(dn, "replace", "lockoutTime", ["\(hourAgo)"]))
        let account = try await directory.read(id)
        #expect(!account.isLocked && account.lockedUntil == nil)
        let found = try await directory.server.search(dn, scope: "base", ["lockoutTime"])
        #expect(found.contains("lockoutTime: \(hourAgo)"))
        #expect(try await directory.refusal("ines") == nil)
    }
}
