import Audit
import AuthService
import Configuration
import Directory
import Glibc
import Model
import Platform
import SQL
import StrictJSON

extension Command {
    /// `latchkey config export`
    static let configExport = Command(
        words: ["config", "export"], positions: ["FILE?"], options: [.folder],
        summary: "write roles and questions to a file",
        help: """
            Writes the roles and the questions in force, every setting said, as a file that config apply takes. Without
            a FILE it is printed. A FILE that is there is not overwritten.
            """
    ) { arguments throws(CommandError) in
        let policies = Policies(installation: Installation(folder: arguments.folder))
        let bytes = Array(Policies.head.utf8) + (try await policies.inForce()).json.serialized(pretty: true)
        guard let name = arguments.position(0) else {
            Console.say(String(decoding: bytes.dropLast(), as: UTF8.self))
            return
        }
        try Files.create(name, bytes)
    }

    /// `latchkey config apply`
    static let configApply = Command(
        words: ["config", "apply"], positions: ["FILE"], options: [.folder, .yes],
        summary: "make roles and questions those of a file",
        help: """
            Reads a file as config export writes it, shows what would change, and asks. Where there is nobody to ask it
            shows the plan alone. The file is whole: a role or question that is not in it is removed; people enrolled
            with a removed question are still asked it. Running services obey at once.
            """
    ) { arguments throws(CommandError) in
        let policies = Policies(installation: Installation(folder: arguments.folder))
        try await policies.apply(arguments.position(0) ?? "", yes: arguments.has("yes"))
    }
}

extension Command.Option {
    /// No question before the work is done.
    static let yes = Command.Option(name: "yes", value: nil, help: "apply without asking")
}

/// The roles and questions of an installation, read and written beside the running services.
struct Policies {
    let installation: Installation

    static let head = """
        // Roles and questions of Latchkey, as `latchkey config export` wrote them. `latchkey config apply FILE` makes them those in
        // force; no service reads this file.

        """

    /// What is in force; before the first start, what `auth.json5` would put in force.
    func inForce() async throws(CommandError) -> PolicyDocument {
        let configuration = try installation.authConfiguration()
        let stores = try await installation.openStores()
        defer { stores.close() }
        let database = try await installation.openAuthDatabase(configuration)
        defer { database.close() }
        let kept = try await attempt("the roles in force") {
            try await database.read { try PolicyDocument.inForce($0, stores) }
        }
        return kept ?? configuration.policies
    }

    func apply(_ name: String, yes: Bool) async throws(CommandError) {
        let stores = try await installation.openStores()
        defer { stores.close() }
        let wanted = try read(name, stores)
        let shown = try plan(from: try await standing(stores), to: wanted)
        guard !shown.isEmpty else {
            Console.say("Nothing to change.")
            return
        }
        for line in shown.lines { Console.say(line) }
        guard yes || Terminal.confirms("Apply these changes?") else {
            Console.say("Nothing was changed. --yes applies it.")
            return
        }
        try await installation.writeAuth("the roles and questions") { transaction, audit in
            let plan = try plan(from: try PolicyDocument.inForce(transaction, stores), to: wanted)
            guard plan.lines == shown.lines else {
                throw CommandError.failed("Somebody has changed the roles meanwhile. Nothing was changed; look again.")
            }
            try plan.apply(audit, at: SystemClock().now(), transaction)
        }
        Console.say("Applied.")
    }

    /// What the database has, looked at without bringing it up to date; `nil` where there is none yet.
    func kept(
        _ configuration: AuthConfiguration, _ stores: IdentityStoreRegistry
    ) async throws(CommandError) -> PolicyDocument? {
        if case .sqlite(let path) = configuration.settings.database, !Files.exists(path) { return nil }
        return try await attempt("the roles in force cannot be read") {
            let database = try DatabaseConfiguration.openDatabase(configuration.settings.database, readers: 1)
            defer { database.close() }
            return try await database.read { try PolicyDocument.inForce($0, stores) }
        }
    }

    private func standing(_ stores: IdentityStoreRegistry) async throws(CommandError) -> PolicyDocument? {
        let database = try await installation.openAuthDatabase(try installation.authConfiguration())
        defer { database.close() }
        return try await attempt("the roles in force") {
            try await database.read { try PolicyDocument.inForce($0, stores) }
        }
    }

    private func plan(
        from old: PolicyDocument?, to new: PolicyDocument
    ) throws(CommandError) -> PolicyPlan {
        do throws(RoleObstacle) {
            return try PolicyPlan(from: old, to: new)
        } catch {
            throw .failed(error.sentence)
        }
    }

    /// The file, with every problem named, those of groups and containers too.
    private func read(_ name: String, _ stores: IdentityStoreRegistry) throws(CommandError) -> PolicyDocument {
        let reader = ConfigurationReader(contentsOf: name)
        let document = PolicyDocument(reader, stores: stores.all.map(\.id))
        reader.finish()
        guard reader.problems.isEmpty else { throw .failed(reader.problems.map(\.description)) }
        do throws(ConfigurationFailure) {
            _ = try RoleConfiguration.roles(document.roles, in: stores)
        } catch {
            throw .failed(error.problems.map(\.description))
        }
        return document
    }
}

/// The person at the terminal, where there is one.
enum Terminal {
    /// Asks; anything but `y` or `yes` is no, and so is nobody.
    static func confirms(_ question: String) -> Bool {
        guard isatty(STDIN_FILENO) == 1 else { return false }
        Console.say(question + " [y/N]")
        let answer = readLine()?.lowercased()
        return answer == "y" || answer == "yes"
    }
}
