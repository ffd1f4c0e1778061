import Audit
import AuthService
import Directory
import Model
import Platform
import SQL

extension Command {
    /// `latchkey enrollment import`
    static let enrollmentImport = Command(
        words: ["enrollment", "import"], positions: ["ENROLLMENTS.CSV"], options: [.folder],
        summary: "take over enrollments of YubiKey, Windows Hello and linked accounts",
        help: """
            Reads a file with the columns store,login,type and, where known, enrolledAt (2026-01-31T08:00:00Z) and label.
            Types: yubiKey, windowsHello, linkAccount; what the help desk can verify is enrolled by people themselves.
            Whole or not at all; an enrollment that is there already stays. Nobody is told: this is for setting up.
            """
    ) { arguments throws(CommandError) in
        let stores = try await Installation(folder: arguments.folder).openStores()
        try await Enrollments(folder: arguments.folder).importFile(arguments.position(0) ?? "", stores: stores)
        stores.close()
    }
}

/// Takes enrollments over into the auth service's database.
private struct Enrollments {
    let folder: String
    private let now = SystemClock().now()

    init(folder: String) {
        self.folder = folder
    }

    func importFile(_ name: String, stores: IdentityStoreRegistry) async throws(CommandError) {
        let bytes = try Files.read(name)
        let file: EnrollmentFile
        do throws(ImportError) {
            file = try EnrollmentFile.parse(bytes, file: name, now: now)
        } catch {
            guard case .invalid(let problems) = error else { throw .failed("\(name): \(error)") }
            throw .failed(problems.map(\.description))
        }
        var found: [Found] = []
        var problems: [String] = []
        for row in file.rows {
            let place = "\(name):\(row.line)"
            guard let account = try await find(row, stores) else {
                problems.append("\(place): no account \(row.login) in store \(row.store)")
                continue
            }
            found.append(
                Found(
                    place: place,
                    row: ImportEnrollments.Row(
                        account: account, type: row.type, enrolledAt: row.enrolledAt ?? now, label: row.label)))
        }
        guard problems.isEmpty else { throw .failed(problems) }
        let added = try await save(found)
        Console.say("\(added) enrollments added, \(found.count - added) were there.")
    }

    private struct Found: Sendable {
        let place: String
        let row: ImportEnrollments.Row
    }

    private func find(
        _ row: EnrollmentFile.Row, _ stores: IdentityStoreRegistry
    ) async throws(CommandError) -> AccountID? {
        guard let store = stores[row.store] else { return nil }
        return try await attempt("store \(row.store)") { try await store.account(login: row.login)?.id }
    }

    private func save(_ found: [Found]) async throws(CommandError) -> Int {
        let now = now
        return try await Installation(folder: folder).writeAuth("the enrollments") { transaction, audit in
            let importing = ImportEnrollments(audit: audit, now: now)
            var problems: [String] = []
            var added = 0
            for item in found {
                switch try importing.add(item.row, transaction) {
                case .added: added += 1
                case .present: break
                case .linked: problems.append("\(item.place): another account's enrollment serves this one")
                }
            }
            guard problems.isEmpty else { throw CommandError.failed(problems) }
            return added
        }
    }
}
