import Crypto
import Model
import Passwords
import Platform
import SQL

/// Takes people and groups over from CSV files into an embedded store, all or nothing.
///
/// `people.csv` has the columns of ``PeopleFile``; a login that is there already keeps its entry id, and its password,
/// lock and expiry unless passwords are to be updated. Columns the file lacks, and accounts it does not name, stay as
/// they are. `groups.csv` says which groups are members of which; the groups it names get exactly those.
public struct EmbeddedStoreImporter: Sendable {
    private let store: EmbeddedStore
    private let random: any RandomSource

    /// An importer into a store.
    public init(_ store: EmbeddedStore, random: any RandomSource) {
        self.store = store
        self.random = random
    }

    /// Checks the files whole, then writes them in one transaction.
    ///
    /// - Throws: ``ImportError/invalid(_:)`` with every problem and its line; nothing is taken over then.
    public func run(
        people: ImportFile, groups: ImportFile? = nil, updatingPasswords: Bool = false
    ) async throws(ImportError) -> ImportReport {
        var file = PeopleFile(people)
        let nesting = groups.map { GroupsFile($0) }
        let known = try await existing(file.rows.map(\.login))
        let fresh = file.rows.filter { updatingPasswords || !known.contains($0.login.folded) }
        for row in fresh { await check(row, in: &file) }
        let problems = file.problems.sorted { $0.line < $1.line } + (nesting?.problems ?? [])
        guard problems.isEmpty else { throw .invalid(problems) }
        let plan = ImportPlan(
            rows: file.rows, nesting: nesting?.members ?? [], hashes: try await hashes(of: fresh),
            entries: file.rows.map { _ in entryID() })
        return try await write(plan)
    }

    private func existing(_ logins: [Login]) async throws(ImportError) -> Set<String> {
        do throws(StoreError) {
            return try await store.read { connection in
                Set(try logins.map(\.folded).filter { try AccountTable.hasLogin($0, connection) })
            }
        } catch {
            throw .store(error)
        }
    }

    /// The store's password policy holds for imported passwords too.
    private func check(_ row: PersonRow, in file: inout PeopleFile) async {
        guard let password = row.password else { return }
        let person = row.person(over: nil)
        let words = [row.login.text, person.displayName, person.firstName, person.lastName, person.mail ?? ""]
        for problem in await store.checker.check(password, personal: words.filter { !$0.isEmpty }) {
            file.report(row.line, "password", problem.sentence)
        }
    }

    /// Hashes a few at a time, so that the hasher's queue has room for others.
    private func hashes(of rows: [PersonRow]) async throws(ImportError) -> [String: String] {
        var hashes: [String: String] = [:]
        for start in stride(from: 0, to: rows.count, by: 4) {
            let part = rows[start..<min(start + 4, rows.count)]
            for (login, hash) in await hashed(part) {
                guard let hash else { throw .store(.unavailable("A password could not be hashed.")) }
                hashes[login] = hash
            }
        }
        return hashes
    }

    private func hashed(_ rows: ArraySlice<PersonRow>) async -> [(String, String?)] {
        let hasher = store.hasher
        return await withTaskGroup(of: (String, String?).self) { group in
            for row in rows {
                guard let password = row.password else { continue }
                group.addTask { (row.login.folded, try? await hasher.hash(prepared(password))) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func write(_ plan: ImportPlan) async throws(ImportError) -> ImportReport {
        let now = store.clock.now()
        let policy = store.policy
        do throws(StoreError) {
            return try await store.write { transaction in
                var run = ImportRun(policy: policy, now: now, transaction: transaction)
                return try run.carryOut(plan)
            }
        } catch {
            throw .store(error)
        }
    }

    /// A random UUID (RFC 9562 §5.4).
    private func entryID() -> String {
        var bytes = random.bytes(16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }.joined(separator: "-")
    }
}
