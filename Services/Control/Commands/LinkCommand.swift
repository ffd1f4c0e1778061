import Audit
import AuthService
import Directory
import Model
import Platform
import SQL

extension Command {
    /// `latchkey link import`
    static let linkImport = Command(
        words: ["link", "import"], positions: ["LINKS.CSV"], options: [.folder],
        summary: "link accounts of one person in several stores",
        help: """
            Reads a file with the columns masterStore,masterLogin,store,login. The master's enrollment then serves the
            linked accounts too. Whole or not at all; a link that is there already stays. An account with enrollments of
            its own, or with another master, is refused. Nobody is told: this is for setting up.
            """
    ) { arguments throws(CommandError) in
        let stores = try await Installation(folder: arguments.folder).openStores()
        try await Links(folder: arguments.folder).importFile(arguments.position(0) ?? "", stores: stores)
        stores.close()
    }
}

/// Takes links over into the auth service's database.
struct Links {
    let folder: String

    func importFile(_ name: String, stores: IdentityStoreRegistry) async throws(CommandError) {
        let bytes = try Files.read(name)
        let file: LinkFile
        do throws(ImportError) {
            file = try LinkFile.parse(bytes, file: name)
        } catch {
            guard case .invalid(let problems) = error else { throw .failed("\(name): \(error)") }
            throw .failed(problems.map(\.description))
        }
        var pairs: [Pair] = []
        var problems: [String] = []
        for link in file.links {
            let master = try await find(link.master, stores)
            let account = try await find(link.linked, stores)
            if let master, let account {
                pairs.append(Pair(place: "\(name):\(link.line)", account: account, master: master))
            } else {
                let missing = master == nil ? link.master : link.linked
                problems.append("\(name):\(link.line): no account \(missing.login) in store \(missing.store)")
            }
        }
        guard problems.isEmpty else { throw .failed(problems) }
        let added = try await save(pairs)
        Console.say("\(added) links added, \(pairs.count - added) were there.")
    }

    private func find(
        _ member: LinkFile.Member, _ stores: IdentityStoreRegistry
    ) async throws(CommandError) -> AccountID? {
        guard let store = stores[member.store] else { return nil }
        return try await attempt("store \(member.store)") { try await store.account(login: member.login)?.id }
    }

    private struct Pair: Sendable {
        /// File and line, for problems found later.
        let place: String
        let account: AccountID
        let master: AccountID
    }

    private func save(_ pairs: [Pair]) async throws(CommandError) -> Int {
        let now = SystemClock().now()
        return try await Installation(folder: folder).writeAuth("the links") { transaction, audit in
            var problems: [String] = []
            var added = 0
            for pair in pairs {
                do {
                    guard try LinkStore.link(pair.account, to: pair.master, at: now, transaction) else { continue }
                } catch let obstacle as LinkObstacle {
                    problems.append("\(pair.place): \(obstacle.sentence)")
                    continue
                }
                added += 1
                let event = AuditEvent(.link, by: .system, at: now).about(pair.account)
                    .with { $0.detail = LinkStore.historyDetail(master: pair.master) }
                _ = try audit.append(event, in: transaction)
            }
            guard problems.isEmpty else { throw CommandError.failed(problems) }
            return added
        }
    }
}
