import Audit
import Crypto
import Model
import SQL
import StrictJSON
import TestSupport
import Testing

/// A chain of a test's own, with a key and a place for its checkpoint.
struct AuditFixture {
    let test: TestDatabase
    let log: AuditLog
    let clock = FixedClock()
    let folder = TemporaryFolder()
    let key: SigningKey

    var database: any Database { test.database }
    var checkpointFile: String { folder.file("checkpoint.json") }

    init(_ engine: Dialect, rows: Int = 0) async throws {
        test = try TestDatabase(engine)
        log = AuditLog(service: "auth", isSearched: true)
        key = try SigningKey.generate()
        try await Migrator.migrate(
            test.database, AuditLog.migrations, component: AuditLog.component, now: clock.now())
        try await Migrator.migrate(
            test.database, AuditSearch.migrations, component: AuditSearch.component, now: clock.now())
        let events = (0..<rows).map { event($0) }
        try await test.database.write { [log] transaction in
            for event in events { try log.append(event, in: transaction) }
        }
    }

    @discardableResult
    func append(_ event: AuditEvent) async throws -> Int64 {
        let log = log
        return try await database.write { try log.append(event, in: $0) }
    }

    /// Events that differ, with every column used by some of them.
    func event(_ number: Int) -> AuditEvent {
        let kinds = AuditKind.allCases
        let store = number % 2 == 0 ? "main" : "branch"
        let subject = AccountID("\(store)~user\(number % 5)")
        return AuditEvent(
            kinds[number % kinds.count], number % 3 == 0 ? .failure : .success,
            by: number % 4 == 0 ? .operator : .endUser, AccountID("main~operator\(number % 2)"),
            at: clock.now() + .seconds(number)
        ).about(subject, action: number % 2 == 0 ? "reset" : nil).with { event in
            event.type = number % 2 == 0 ? .email : .mobile
            event.reason = number % 3 == 0 ? "auth.wrong_code" : nil
            event.source = "192.0.2.\(number % 250)"
            event.client = number % 2 == 0 ? "Firefox/140 (X11)" : "curl/7.88"
            event.operation = OperationID("op\(number)")
            event.detail = [JSONMember(name: "number", value: .integer(Int64(number)))]
        }
    }

    func checkpointer() -> Checkpointer {
        let key = key
        return Checkpointer(log, database, file: checkpointFile, clock: clock) { key }
    }

    func verify(_ keys: [SigningKey]? = nil) async throws -> AuditReport {
        let known = Dictionary(uniqueKeysWithValues: (keys ?? [key]).map { ($0.id, $0.publicKey) })
        return try await AuditVerifier.verify(database, checkpointFile: checkpointFile) { known[$0] }
    }

    /// Changes the tables behind the log's back.
    func tamper(_ statements: String...) async throws {
        try await database.write { transaction in
            for statement in statements { try transaction.execute(statement) }
        }
    }

    func records(_ filter: AuditFilter = AuditFilter()) async throws -> [AuditRecord] {
        try await database.read { try AuditSearch(filter, $0).page(limit: 1_000).records }
    }
}
