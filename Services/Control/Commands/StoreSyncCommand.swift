import Directory
import HelpdeskService
import Model
import Platform
import StrictJSON

extension Command {
    /// `latchkey store sync`
    static let storeSync = Command(
        words: ["store", "sync"], positions: [],
        options: [
            .folder, .json, Option(name: "store", value: "ID", help: "this store alone (default: all)"),
            Option(name: "full", value: nil, help: "read everything anew instead of what has changed"),
        ],
        summary: "read the directories into the account index now",
        help: """
            Does what the helpdesk service does all the time, once, and waits for it to end. --full forgets how far a store
            has been read: after a directory was restored from a backup, or when the list of users is not to be believed.
            The service may run meanwhile; if it is reading a store itself, this waits for its turn.
            """
    ) { arguments throws(CommandError) in
        let installation = Installation(folder: arguments.folder)
        let stores = try await installation.openStores()
        let chosen = arguments["store"]
        let targets = stores.all.filter { chosen == nil || $0.id.text == chosen }
        guard !targets.isEmpty else { throw .failed("There is no store “\(chosen ?? "")” in stores.json5.") }
        let database = try await installation.openHelpdeskDatabase(try installation.helpdeskConfiguration())
        var rows: [JSON] = []
        var failures: [String] = []
        for store in targets {
            do throws(CommandError) {
                let sync = SynchronizeStore(
                    store, into: database, clock: SystemClock(), owner: "latchkey store sync")
                let report = try await run(sync, store.id, fromTheStart: arguments.has("full"))
                rows.append(
                    .object([
                        "store": .string(store.id.text), "changed": .integer(Int64(report.changed)),
                        "removed": .integer(Int64(report.removed)),
                    ]))
                if !arguments.has("json") {
                    Console.say("\(store.id): \(report.changed) changed, \(report.removed) removed.")
                }
            } catch {
                failures += error.lines
            }
        }
        if arguments.has("json") { Console.say(.object(["stores": .array(rows)])) }
        database.close()
        stores.close()
        guard failures.isEmpty else { throw .failed(failures) }
    }

    /// Waits for its turn, but not for ever.
    private static func run(
        _ sync: SynchronizeStore, _ id: StoreID, fromTheStart: Bool
    ) async throws(CommandError) -> SynchronizeStore.Report {
        try await attempt("store \(id)") {
            for _ in 0..<600 {
                if let report = try await sync.run(fromTheStart: fromTheStart) { return report }
                await SystemClock().sleep(for: .milliseconds(500))
            }
            throw CommandError.failed("store \(id): somebody else has been reading it for five minutes.")
        }
    }
}
