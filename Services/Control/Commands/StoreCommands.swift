import Directory
import HelpdeskService
import Model
import Platform
import StrictJSON

extension Command {
    /// `latchkey store list`
    static let storeList = Command(
        words: ["store", "list"], positions: [], options: [.folder, .json],
        summary: "list the identity stores",
        help: """
            Lists the stores of stores.json5 and how many accounts of each the index has, which the helpdesk service (or
            latchkey store sync) fills.
            """
    ) { arguments throws(CommandError) in
        let installation = Installation(folder: arguments.folder)
        let stores = try await installation.openStores()
        let database = try await installation.openHelpdeskDatabase(try installation.helpdeskConfiguration())
        let known = try await attempt("the account index") { try await AccountIndex.sizes(in: database) }
        database.close()
        var rows: [JSON] = []
        for store in stores.all {
            let total = known[store.id] ?? 0
            rows.append(
                .object([
                    "id": .string(store.id.text), "name": .string(store.name), "domain": .string(store.domain),
                    "kind": .string(store.kind.rawValue), "accounts": .integer(Int64(total)),
                ]))
            if !arguments.has("json") {
                Console.say("\(store.id)  \(store.kind.rawValue)  \(store.name) (\(store.domain))  \(total) accounts")
            }
        }
        if arguments.has("json") { Console.say(.object(["stores": .array(rows)])) }
        stores.close()
    }

    /// `latchkey store import`
    static let storeImport = Command(
        words: ["store", "import"], positions: ["STORE", "PEOPLE.CSV"],
        options: [
            .folder, .json, Option(name: "groups", value: "FILE", help: "which groups are members of which"),
            Option(name: "update-passwords", value: nil, help: "also set the passwords of accounts that exist"),
        ],
        summary: "import people into an embedded store",
        help: """
            Reads people.csv (see deploy/sample/README.md for its columns) and takes it over whole or not at all; every
            wrong line is named. Accounts that exist keep their id.
            """
    ) { arguments throws(CommandError) in
        let stores = try await Installation(folder: arguments.folder).openStores()
        guard let id = arguments.position(0).flatMap({ StoreID($0) }), let store = stores[id] else {
            throw .failed("There is no store “\(arguments.position(0) ?? "")” in stores.json5.")
        }
        let report = try await StoreImport(
            people: arguments.position(1) ?? "", groups: arguments["groups"],
            updatingPasswords: arguments.has("update-passwords")
        ).run(into: store)
        if arguments.has("json") {
            Console.say(
                .object([
                    "created": .integer(Int64(report.created)), "updated": .integer(Int64(report.updated)),
                    "passwordsSet": .integer(Int64(report.passwordsSet)),
                    "groupsCreated": .integer(Int64(report.groupsCreated)),
                ]))
        } else {
            Console.say("\(report.created) created, \(report.updated) updated, \(report.passwordsSet) passwords set.")
        }
        stores.close()
    }
}

/// One import into a store.
struct StoreImport {
    let people: String
    let groups: String?
    let updatingPasswords: Bool

    func run(into store: any IdentityStore) async throws(CommandError) -> ImportReport {
        guard let store = store as? EmbeddedStore else {
            throw .failed("Store \(store.id) is a \(store.kind.rawValue) directory: people are added there, not here.")
        }
        let peopleFile = ImportFile(name: people, bytes: try Files.read(people))
        let groupsFile = try groups.map { (file) throws(CommandError) in
            ImportFile(name: file, bytes: try Files.read(file))
        }
        do throws(ImportError) {
            return try await EmbeddedStoreImporter(store, random: SystemRandom())
                .run(people: peopleFile, groups: groupsFile, updatingPasswords: updatingPasswords)
        } catch {
            switch error {
            case .invalid(let problems): throw .failed(problems.map(\.description))
            case .store(let reason): throw .failed("Store \(store.id): \(reason)")
            }
        }
    }
}
