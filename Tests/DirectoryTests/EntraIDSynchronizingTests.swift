import Directory
import Model
import StrictJSON
import TestSupport
import Testing

/// Delta queries of Microsoft Entra ID.
@Suite struct EntraIDSynchronizingTests {
    private func filled(_ count: Int, pageSize: Int = 2) async throws -> (GraphTestDirectory, [AccountID]) {
        let directory = try await GraphTestDirectory()
        var ids: [AccountID] = []
        for number in 0..<count { ids.append(try await directory.add(TestPerson("p\(number)"))) }
        try await directory.state(.object(["pageSize": .integer(Int64(pageSize))]))
        return (directory, ids)
    }

    @Test func `everybody comes page by page, and then what has changed`() async throws {
        let (directory, ids) = try await filled(7)
        defer { directory.end() }
        var index = ToldIndex()
        try await index.follow(directory.store)
        #expect(Set(index.accounts.keys) == Set(ids))
        try await directory.set(ids[3], .object(["displayName": "Changed"]))
        try await directory.set(ids[3], .object(["accountEnabled": false]))
        try await directory.remove(ids[5])
        let before = try await directory.requests().count
        try await index.follow(directory.store)
        #expect(index.accounts[ids[3]]?.displayName == "Changed" && index.accounts[ids[3]]?.isDisabled == true)
        #expect(index.accounts[ids[5]] == nil && index.accounts.count == 6)
        // What the delta query names is read, not everybody.
        let reread = try await directory.requests()[before...].filter { $0.hasPrefix("BATCHED GET") }
        #expect(reread.count <= 4)
    }

    @Test func `a run that is cut off goes on from its page, and takes nobody away`() async throws {
        let (directory, ids) = try await filled(9)
        defer { directory.end() }
        var index = ToldIndex()
        try await index.follow(directory.store, events: 4)
        let before = try await directory.requests().count
        try await index.follow(directory.store)
        #expect(Set(index.accounts.keys) == Set(ids))
        #expect(try await directory.requests()[before...].filter { $0.contains("/delta?") }.count < 5)
    }

    @Test(arguments: [410, 400]) func `changes that are forgotten bring a full read, which takes away who is gone`(
        status: Int
    ) async throws {
        let (directory, ids) = try await filled(5)
        defer { directory.end() }
        var index = ToldIndex()
        try await index.follow(directory.store)
        try await directory.remove(ids[0])
        try await directory.state(.object(["forgetChanges": .integer(Int64(status))]))
        try await index.follow(directory.store)
        #expect(Set(index.accounts.keys) == Set(ids.dropFirst()) && index.lastRunWasFull)
        try await index.follow(directory.store)
        #expect(!index.lastRunWasFull && index.accounts.count == 4)
    }

    /// The application's token goes with every request: a link is followed only to the configured host.
    @Test(arguments: [
        "https://graph.example.net", "https://127.0.0.1", "http://127.0.0.1:9", "https://127.0.0.1:9@graph.example.net",
        "file:///etc", "//graph.example.net",
    ]) func `a link to another host ends the run and is not followed`(host: String) async throws {
        let (directory, _) = try await filled(5)
        defer { directory.end() }
        try await directory.fault(.object(["match": "users/delta", "link": .string(host)]))
        var index = ToldIndex()
        let error = await #expect(throws: StoreError.self) { try await index.follow(directory.store) }
        #expect(error == .malformed("Microsoft Graph's answer leads elsewhere"))
        #expect(index.accounts.isEmpty && index.cookie == nil)
    }

    @Test func `a cookie for another host is not followed but brings a full read`() async throws {
        let (directory, ids) = try await filled(3)
        defer { directory.end() }
        var index = ToldIndex()
        index.cookie = SyncCookie(Array("ihttps://graph.example.net/v1.0/users/delta?$deltatoken=x".utf8))
        try await index.follow(directory.store)
        #expect(Set(index.accounts.keys) == Set(ids) && index.lastRunWasFull)
    }

    @Test func `a run that fails in the middle can be run again`() async throws {
        let (directory, ids) = try await filled(7)
        defer { directory.end() }
        for fault in [#""status": 500"#, #""times": 2, "drop": "after""#, #""nonsense": true"#, #""status": 403"#] {
            var index = ToldIndex()
            try await directory.fault(try JSON.parse(Array(#"{"match": "skiptoken", "skip": 1, \#(fault)}"#.utf8)))
            await #expect(throws: StoreError.self) { try await index.follow(directory.store) }
            try await directory.fault()
            try await index.follow(directory.store)
            #expect(Set(index.accounts.keys) == Set(ids))
        }
    }
}
