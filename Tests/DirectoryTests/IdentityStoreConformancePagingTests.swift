import Directory
import Model
import Testing

/// What every identity store has to do when it lists accounts (S5), whatever stands behind it.
@Suite struct IdentityStoreConformancePagingTests {
    /// Names that collide, that differ by case, and that no two collations order alike.
    private static let names = [
        "Ana", "ana", "Ana", "Zoë", "Öztürk", "Иван", "山田", "Ana Marić", "Łukasz", "müller", "Müller",
    ]

    private func filled(_ kind: TestDirectoryKind) async throws -> (any TestDirectory, Set<AccountID>) {
        let directory = try await kind.start()
        var ids: Set<AccountID> = []
        for (index, name) in Self.names.enumerated() {
            var person = TestPerson("p\(index)", name)
            person.firstName = name
            person.lastName = index.isMultiple(of: 2) ? "Even" : "Odd"
            person.mail = "p\(index)@example.org"
            ids.insert(try await directory.add(person))
        }
        return (directory, ids)
    }

    private func walk(
        _ store: any IdentityStore, matching: String? = nil, limit: Int
    ) async throws -> [AccountPage] {
        var pages = [try await store.page(matching: matching, after: nil, limit: limit)]
        while let cursor = pages.last?.next, pages.count < 100 {
            pages.append(try await store.page(matching: matching, after: cursor, limit: limit))
        }
        return pages
    }

    @Test(arguments: TestDirectoryKind.listing, [1, 2, 3, 5, 10, 11, 12, 1_000])
    func `pages hold everybody once, with the total`(kind: TestDirectoryKind, limit: Int) async throws {
        let (directory, ids) = try await filled(kind)
        defer { directory.end() }
        let pages = try await walk(directory.store, limit: limit)
        let listed = pages.flatMap(\.accounts).map(\.id)
        #expect(listed.count == ids.count && Set(listed) == ids)
        #expect(pages.allSatisfy { $0.total == ids.count && $0.accounts.count <= limit })
        #expect(pages.count == (ids.count + limit - 1) / limit)
    }

    @Test(arguments: TestDirectoryKind.listing)
    func `the way back shows the same pages`(kind: TestDirectoryKind) async throws {
        let (directory, _) = try await filled(kind)
        defer { directory.end() }
        let pages = try await walk(directory.store, limit: 4)
        var back: [AccountPage] = []
        var cursor = pages.last?.previous
        while let current = cursor, back.count < 100 {
            let page = try await directory.store.page(matching: nil, after: current, limit: 4)
            back.append(page)
            cursor = page.previous
        }
        let forward = pages.dropLast().map { $0.accounts.map(\.id) }
        #expect(Array(back.reversed().map { $0.accounts.map(\.id) }) == Array(forward))
        #expect(pages.first?.previous == nil)
    }

    @Test(arguments: TestDirectoryKind.listing)
    func `people who come and go between two pages move nobody else`(kind: TestDirectoryKind) async throws {
        let (directory, ids) = try await filled(kind)
        defer { directory.end() }
        let first = try await directory.store.page(matching: nil, after: nil, limit: 4)
        let last = try #require(first.accounts.last)
        try await directory.remove(last.id)
        let newcomer = try await directory.add(TestPerson("newcomer", "Aaa"))
        var rest: [AccountID] = []
        var cursor = first.next
        while let current = cursor, rest.count < 100 {
            let page = try await directory.store.page(matching: nil, after: current, limit: 4)
            rest += page.accounts.map(\.id)
            cursor = page.next
        }
        #expect(rest.count == ids.count - 4)
        #expect(Set(rest).isDisjoint(with: first.accounts.map(\.id) + [newcomer]))
    }

    /// S2
    @Test(arguments: TestDirectoryKind.listing)
    func `text matches first name, last name or mail without regard to case`(kind: TestDirectoryKind) async throws {
        let (directory, _) = try await filled(kind)
        defer { directory.end() }
        let expected = [
            ("EVEN", 6), ("öztÜrk", 1), ("P7@example.ORG", 1), ("example.org", 11), ("иван", 1), ("山", 1),
            ("nobody", 0), ("%", 0), ("_", 0), ("a*", 0), ("", 11),
        ]
        for (text, count) in expected {
            let pages = try await walk(directory.store, matching: text, limit: 3)
            #expect(pages.flatMap(\.accounts).count == count, "\(text)")
            #expect(pages.first?.total == count, "\(text)")
        }
    }

    @Test(arguments: TestDirectoryKind.listing)
    func `an empty listing has no cursor`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let page = try await directory.store.page(matching: nil, after: nil, limit: 10)
        #expect(page == AccountPage(accounts: [], next: nil, previous: nil, total: 0))
    }

    @Test(arguments: TestDirectoryKind.listing, ["", "garbage", "bg", "!!", "AAAA"])
    func `a cursor the store did not make is refused`(kind: TestDirectoryKind, cursor: String) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let store = directory.store
        await #expect(throws: StoreError.invalidCursor) {
            try await store.page(matching: nil, after: cursor, limit: 10)
        }
    }
}
