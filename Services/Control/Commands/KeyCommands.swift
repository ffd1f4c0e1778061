import Audit
import AuthService
import Crypto
import Model
import Platform
import SQL
import StrictJSON

extension Command {
    /// `latchkey keys list`
    static let keysList = Command(
        words: ["keys", "list"], positions: [], options: [.folder, .json],
        summary: "list signing and sealing keys", help: "Lists the keys by id and age; never the keys themselves."
    ) { arguments throws(CommandError) in
        let keys = try await Keys(folder: arguments.folder).list()
        if arguments.has("json") {
            Console.say(keys)
        } else {
            for item in keys["signing"]?.arrayValue ?? [] {
                let state = item["retiredAt"] == nil ? "signs" : "retired \(item["retiredAt"]?.stringValue ?? "")"
                Console.say("signing  \(item["kid"]?.stringValue ?? "")  \(state)")
            }
            for item in keys["sealing"]?.arrayValue ?? [] { Console.say("sealing  \(item.stringValue ?? "")") }
        }
    }

    /// `latchkey keys rotate`
    static let keysRotate = Command(
        words: ["keys", "rotate"], positions: [],
        options: [.folder, Option(name: "sealing", value: nil, help: "add a sealing key instead of a signing key")],
        summary: "make a new signing or sealing key",
        help: """
            A new signing key is taken up by the running service within seconds; the old one verifies until its last
            token has expired, so no request is refused. After adding a sealing key, restart the service and run
            latchkey keys reseal.
            """
    ) { arguments throws(CommandError) in
        let keys = Keys(folder: arguments.folder)
        let id = arguments.has("sealing") ? try await keys.addSealingKey() : try await keys.rotateSigningKey()
        Console.say(id)
    }

    /// `latchkey keys reseal`
    static let keysReseal = Command(
        words: ["keys", "reseal"], positions: [], options: [.folder],
        summary: "seal all secrets again under the newest key",
        help: "Opens every sealed secret of the auth service and seals it under the newest key. Can run any time."
    ) { arguments throws(CommandError) in
        Console.say("\(try await Keys(folder: arguments.folder).reseal()) secrets sealed again.")
    }
}

/// The auth service's keys.
private struct Keys {
    let folder: String

    private func withDatabase<Result: Sendable>(
        _ body: (AuthConfiguration, any Database) async throws -> Result
    ) async throws(CommandError) -> Result {
        let installation = Installation(folder: folder)
        let configuration = try installation.authConfiguration()
        let database = try await installation.openAuthDatabase(configuration)
        defer { database.close() }
        return try await attempt("the keys") { try await body(configuration, database) }
    }

    func list() async throws(CommandError) -> JSON {
        try await withDatabase { configuration, database in
            let signing = try await SigningKeys.list(in: database).map { key in
                JSON.object([
                    "kid": .string(key.kid), "createdAt": .string(key.createdAt.rfc3339),
                    "retiredAt": key.retiredAt.map { .string($0.rfc3339) },
                ])
            }
            let sealing = try Keyring(folder: configuration.settings.keyFolder).keyIDs.map(JSON.string)
            return .object(["signing": .array(signing), "sealing": .array(sealing)])
        }
    }

    func rotateSigningKey() async throws(CommandError) -> String {
        try await withDatabase { configuration, database in
            try await SigningKeys.rotate(
                in: database, keyring: try Keyring(folder: configuration.settings.keyFolder),
                audit: AuditLog(service: AuthServer.name), at: SystemClock().now())
        }
    }

    func addSealingKey() async throws(CommandError) -> String {
        let configuration = try Installation(folder: folder).authConfiguration()
        return try await attempt("the sealing keys") { try Keyring.addKey(folder: configuration.settings.keyFolder) }
    }

    func reseal() async throws(CommandError) -> Int {
        try await withDatabase { configuration, database in
            try await ResealSecrets(
                database: database, keyring: try Keyring(folder: configuration.settings.keyFolder),
                audit: AuditLog(service: AuthServer.name), clock: SystemClock()
            ).run()
        }
    }
}
