import Directory
import Model
import TestSupport
import Testing

/// The embedded store beside another process that has the file open, and that dies.
@Suite struct EmbeddedStoreProcessTests {
    /// Takes the write lock, changes everything, says so, and never commits.
    private static let holder = """
        import sqlite3, sys, time
        connection = sqlite3.connect(sys.argv[1], isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE accounts SET password = 'x', failures = 99, locked_at = 1, version = version + 1")
        print("held", flush=True)
        time.sleep(60)
        """

    private func hold(_ directory: EmbeddedTestDirectory) throws -> ChildProcess {
        let process = try ChildProcess("python3", ["-c", Self.holder, directory.file])
        try process.waitForOutput("held")
        return process
    }

    @Test func `a file another process keeps locked is unavailable at the deadline, and nothing was written`()
        async throws
    {
        let directory = try await EmbeddedTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let before = try await directory.read(id)
        let impatient = try await EmbeddedTestDirectory.open(
            directory.file, EmbeddedStorePolicy(), clock: directory.clock, busyDeadline: .milliseconds(20))
        defer { impatient.close() }
        let holder = try hold(directory)
        await #expect(throws: StoreError.unavailable("busy")) {
            try await impatient.resetPassword(
                of: id, to: Secret(TestPerson.otherPassword), mustChange: false, operation: operationID("op"))
        }
        await #expect(throws: StoreError.unavailable("busy")) {
            try await impatient.signIn(login: "ines", password: Secret(TestPerson.rightPassword))
        }
        #expect(try await impatient.account(id) == before)
        holder.kill()
        try holder.wait()
        let settlement = try await impatient.settlement(
            of: operationID("op"), account: id, since: before.credentialVersion, setting: settled)
        #expect(settlement == .notApplied)
    }

    /// CR-04
    @Test func `a process killed inside a write leaves nothing behind, and waiting calls go on`() async throws {
        let directory = try await EmbeddedTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let before = try await directory.read(id)
        let holder = try hold(directory)
        async let refusal = directory.refusal("ines")
        #expect(try await directory.read(id) == before)
        holder.kill()
        try holder.wait()
        #expect(try await refusal == nil)
        #expect(try await directory.read(id) == before)
    }
}
