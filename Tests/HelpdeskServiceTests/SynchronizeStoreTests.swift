import Directory
import Model
import Platform
import SQL
import TestSupport
import Testing

@testable import HelpdeskService

/// Runs of synchronization, told event by event.
@Suite struct SynchronizeStoreTests {
    /// An empty index and a directory.
    private struct House {
        let store: ToldStore
        let clock = FixedClock()
        let holder: TestDatabase
        var database: any Database { holder.database }

        init(_ engine: Dialect, kind: IdentityStoreKind = .ldap) async throws {
            store = try ToldStore(kind: kind)
            holder = try TestDatabase(engine)
            try await HelpdeskMigrations.migrate(holder.database, now: clock.now())
        }

        /// One run as the directory tells it; answers what it did.
        @discardableResult
        func run(
            _ events: [SyncEvent], endsAfter: Int? = nil, owner: String = "desk", fromTheStart: Bool = false
        ) async throws -> SynchronizeStore.Report? {
            store.script.withLock { script in
                script.runs = [events]
                script.endsAfter = endsAfter
            }
            return try await SynchronizeStore(store, into: database, clock: clock, owner: owner)
                .run(fromTheStart: fromTheStart)
        }

        /// Logins of a search, and its total.
        func found(_ text: String = "", enrolledWith: Set<AuthenticationType> = []) async throws -> ([String], Int) {
            let filter = AccountFilter(
                stores: [store.id], patterns: SearchText.patterns(text), enrolledWith: EnrolledTypes.bits(enrolledWith))
            return try await database.read { connection in
                let page = try AccountSearch(filter: filter, position: nil, limit: 100).run(connection)
                return (page.accounts.map(\.account.login), page.total)
            }
        }

        func logins() async throws -> [String] { try await found().0.sorted() }

        func changed(_ entries: String...) throws -> SyncEvent {
            .changed(try entries.map { try store.account($0, "Person \($0)") })
        }

        func ids(_ entries: String...) throws -> [AccountID] {
            try entries.map { try required(AccountID(store: store.id, entry: $0)) }
        }

        var cookies: [SyncCookie?] { store.script.withLock { $0.cookies } }
    }

    private let one = SyncCookie([1])
    private let two = SyncCookie([2])

    @Test(arguments: Dialect.allCases)
    func `what is told is found, and what is told as gone is not`(engine: Dialect) async throws {
        let house = try await House(engine)
        let first = try await house.run([house.changed("a", "b"), .finished(one, othersAreGone: true)])
        #expect(first == .init(changed: 2, removed: 0))
        let second = try await house.run([
            .changed([house.store.account("a", "Łukasz Żółty", mail: "lz@example.org")]),
            .removed(house.ids("b", "never")), .finished(two, othersAreGone: false),
        ])
        #expect(second == .init(changed: 1, removed: 1))
        #expect(try await house.logins() == ["a"])
        #expect(try await house.found("lukasz zolt lz@").1 == 1)
        #expect(try await house.found("person").1 == 0)
        #expect(house.cookies == [nil, one])
    }

    @Test(arguments: Dialect.allCases)
    func `of one account told twice in a run the last counts`(engine: Dialect) async throws {
        let house = try await House(engine)
        try await house.run([
            house.changed("a", "b"), .removed(house.ids("a")), house.changed("a"), .removed(house.ids("b")),
            .finished(one, othersAreGone: false),
        ])
        #expect(try await house.logins() == ["a"])
        try await Invariants.check(house.database)
    }

    @Test(arguments: Dialect.allCases)
    func `after a full read who was not mentioned is gone`(engine: Dialect) async throws {
        let house = try await House(engine)
        try await house.run([house.changed("a", "b", "c"), .finished(one, othersAreGone: true)])
        try await house.run([.unchanged(house.ids("a")), house.changed("d"), .finished(two, othersAreGone: true)])
        #expect(try await house.logins() == ["a", "d"])
        try await Invariants.check(house.database)
    }

    @Test(arguments: Dialect.allCases)
    func `a run that is cut off keeps its cookie with what came before it`(engine: Dialect) async throws {
        let house = try await House(engine)
        let events: [SyncEvent] = [
            try house.changed("a"), .reached(one), try house.changed("b"), .finished(two, othersAreGone: true),
        ]
        await #expect(throws: StoreError.self) { try await house.run(events, endsAfter: 3) }
        // Nothing was big enough to be stored yet, so the next run starts over: cookie and accounts, or neither.
        let isStored = try await house.logins() == ["a"]
        try await house.run([try house.changed("b"), .finished(two, othersAreGone: false)])
        #expect(house.cookies.last == (isStored ? one : nil))
    }

    /// Mentioned in a turn that was cut off, deleted since, and not mentioned again: whoever counted the mention would
    /// keep it for ever; whoever did not would drop those that are there.
    @Test(arguments: Dialect.allCases)
    func `accounts of the part that was cut off are asked for`(engine: Dialect) async throws {
        let house = try await House(engine)
        let many = try (0..<2_500).map { try house.store.account("m\($0)", "Many \($0)") }
        house.store.script.withLock { $0.accounts = Array(many.prefix(2_400)) }
        await #expect(throws: StoreError.self) {
            try await house.run(
                [.changed(many), .reached(one), .finished(two, othersAreGone: true)], endsAfter: 2)
        }
        try await house.run([try house.changed("new"), .finished(two, othersAreGone: true)])
        let count = try await house.found().1
        #expect(house.cookies == [nil, one] || house.cookies == [nil, nil])
        #expect(count == (house.cookies.last == one ? 2_401 : 1))
        try await Invariants.check(house.database)
    }

    @Test(arguments: Dialect.allCases)
    func `a run from the start forgets the cookie`(engine: Dialect) async throws {
        let house = try await House(engine)
        try await house.run([house.changed("a"), .finished(one, othersAreGone: true)])
        try await house.run([house.changed("b"), .finished(two, othersAreGone: true)], fromTheStart: true)
        #expect(house.cookies == [nil, nil])
        #expect(try await house.logins() == ["b"])
    }

    @Test(arguments: Dialect.allCases)
    func `a store is read by one at a time, and by another once the first is silent for long`(
        engine: Dialect
    ) async throws {
        let house = try await House(engine)
        let events: [SyncEvent] = [try house.changed("a"), .finished(one, othersAreGone: true)]
        house.store.script.withLock { script in
            script.before = { [house] number in
                guard number == 1 else { return }
                house.store.script.withLock { $0.before = nil }
                let refused = try await house.run(events, owner: "replica")
                #expect(refused == nil)
                house.clock.advance(by: SyncStateTable.lease + .seconds(1))
                let taken = try await house.run(events, owner: "replica")
                #expect(taken != nil)
            }
        }
        await #expect(throws: SyncError.turnIsOver) { try await house.run(events) }
        #expect(try await house.logins() == ["a"])
    }

    /// An embedded store is asked every second: while it has nothing new, nothing is written.
    @Test(arguments: Dialect.allCases)
    func `a store at hand with nothing new costs no transaction but one in a while`(engine: Dialect) async throws {
        let house = try await House(engine, kind: .embedded)
        let quiet: [SyncEvent] = [.finished(one, othersAreGone: false)]
        let turn = {
            try await house.database.read { try $0.queryOne("SELECT turn FROM index_stores")?.integer(0) }
        }
        try await house.run([house.changed("a"), .finished(one, othersAreGone: true)])
        for _ in 0..<3 { #expect(try await house.run(quiet) == SynchronizeStore.Report()) }
        #expect(try await turn() == 1)
        house.store.script.withLock {
            $0.runs = Array(repeating: [.removed([]), .finished(two, othersAreGone: false)], count: 2)
        }
        _ = try await SynchronizeStore(house.store, into: house.database, clock: house.clock, owner: "desk").run()
        #expect(try await turn() == 2 && house.cookies == [nil, one, one, one, one, one])
        house.clock.advance(by: SyncStateTable.rest + .seconds(1))
        try await house.run([.finished(two, othersAreGone: false)])
        #expect(try await turn() == 3)
        let times = try await house.database.read { try SyncStateTable.finished($0) }
        #expect(times == [house.store.id: house.clock.now()])
    }

    @Test func `a store that ends without a word has not finished`() async throws {
        let house = try await House(.sqlite)
        await #expect(throws: SyncError.unfinished) { try await house.run([]) }
        #expect(try await house.database.read { try SyncStateTable.finished($0) }.isEmpty)
    }

    /// S3
    @Test(arguments: Dialect.allCases)
    func `enrolled types wait for their account and outlive it`(engine: Dialect) async throws {
        let house = try await House(engine)
        let id = try required(house.ids("a").first)
        func set(_ type: AuthenticationType, _ isEnrolled: Bool) async throws {
            try await house.database.write { try EnrolledTypes.set(type, of: id, isEnrolled: isEnrolled, $0) }
        }
        try await set(.email, true)
        #expect(try await house.found().1 == 0)
        try await house.run([house.changed("a", "b"), .finished(one, othersAreGone: true)])
        #expect(try await house.found("", enrolledWith: [.email, .mobile]) == (["a"], 1))
        try await set(.mobile, true)
        try await set(.email, false)
        #expect(try await house.found("person", enrolledWith: [.email]).1 == 0)
        try await house.run([.removed([id]), .finished(one, othersAreGone: false)])
        #expect(try await house.found("", enrolledWith: [.mobile]).1 == 0)
        try await Invariants.check(house.database)
        try await house.run([house.changed("a"), .finished(one, othersAreGone: false)])
        #expect(try await house.found("person", enrolledWith: [.mobile]) == (["a"], 1))
        try await set(.mobile, false)
        #expect(try await house.found("", enrolledWith: [.mobile]).1 == 0)
        try await Invariants.check(house.database)
    }

    @Test(arguments: Dialect.allCases)
    func `odd characters in names are kept and searched`(engine: Dialect) async throws {
        let house = try await House(engine)
        let names = [
            "\"Qu\u{301}o\"te\u{301}\" O'Ne%il_", "Back\\slash *x*", "NU\0L\u{1}\u{2}Bell", "\"\u{308}\"\u{308}\"",
        ]
        try await house.run([
            .changed(try names.enumerated().map { try house.store.account("n\($0.offset)", $0.element) }),
            .finished(one, othersAreGone: true),
        ])
        let expected = [
            ("o'ne%il_", ["n0"]), ("quo\"te\"", ["n0"]), ("ne__l", []), ("k\\s", ["n1"]), ("*x*", ["n1"]),
            ("nu lb", ["n2"]), ("\u{1}\u{1}", ["n0", "n1", "n2", "n3"]), ("\"\"\"", ["n3"]), ("AND", []), ("*", ["n1"]),
        ]
        for (text, logins) in expected {
            #expect(try await house.found(text).0.sorted() == logins, "\(text)")
        }
        try await Invariants.check(house.database)
    }
}

/// What is always true of an index.
enum Invariants {
    /// The counts are what counting gives, and the trigram index has every text and no other.
    static func check(_ database: any Database) async throws {
        let (texts, sizes, grams) = try await database.read { connection in
            (
                try connection.query("SELECT store, types, text FROM indexed_accounts WHERE present = 1"),
                try connection.query("SELECT store, types, accounts FROM index_sizes"),
                try connection.query("SELECT store, gram, accounts FROM index_grams")
            )
        }
        var (bySize, byGram): ([String: Int64], [String: Int64]) = ([:], [:])
        for row in texts {
            bySize["\(try row.text(0)) \(try row.integer(1))", default: 0] += 1
            for gram in Gram.all(of: try row.text(2)) { byGram["\(try row.text(0)) \(gram)", default: 0] += 1 }
        }
        #expect(bySize == (try counted(sizes)))
        #expect(byGram == (try counted(grams)))
        guard database.dialect == .sqlite else { return }
        try await database.write { transaction in
            _ = try transaction.execute(
                "INSERT INTO indexed_accounts_text (indexed_accounts_text) VALUES ('integrity-check')")
        }
    }

    private static func counted(_ rows: [Row]) throws -> [String: Int64] {
        try rows.reduce(into: [:]) { counts, row in
            counts["\(try row.text(0)) \(try row.integer(1))"] = try row.integer(2)
        }
    }
}
