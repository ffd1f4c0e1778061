import AuthService
import Configuration
import Crypto
import Directory
import Model
import Platform
import SQL

extension Command {
    /// `latchkey init`
    static let initialize = Command(
        words: ["init"], positions: [],
        options: [
            Option(name: "folder", value: "DIR", help: "where to put everything (default: this folder)"),
            Option(name: "sample", value: "DIR", help: "fill it with the sample company of this folder"),
            Option(name: "auth-port", value: "PORT", help: "port of the auth service (default 8401)"),
            Option(name: "helpdesk-port", value: "PORT", help: "port of the helpdesk service (default 8402)"),
        ],
        summary: "make keys, configuration and databases for a new installation",
        help: """
            Makes a folder with keys, the three configuration files and the embedded databases. Nothing that is there
            already is touched: a folder with an auth.json5 is refused.
            """
    ) { arguments throws(CommandError) in
        try await Initialization(arguments).run()
    }
}

/// Makes a new installation, step by step; the configuration files come last, so that a folder that has them is whole.
private struct Initialization {
    let folder: String
    let sample: String?
    let authPort: Int
    let helpdeskPort: Int
    let random = SystemRandom()

    init(_ arguments: Arguments) throws(CommandError) {
        folder = arguments.folder
        sample = arguments["sample"]
        authPort = try arguments.port("auth-port", default: 8_401)
        helpdeskPort = try arguments.port("helpdesk-port", default: 8_402)
    }

    func run() async throws(CommandError) {
        guard !Files.exists(path("auth.json5")) else {
            throw .failed("\(folder) holds an installation already; choose another folder.")
        }
        for name in ["", "auth", "helpdesk", "messages"] { try Files.makeFolder(path(name)) }
        try makeStores()
        let stores = try await openStores(creating: true)
        if let sample { try await importSample(sample, into: stores) }
        try await makeKeys()
        let helpdeskKey = try await makeSigningKey("helpdesk/service.pem")
        _ = try await makeSigningKey("auth/checkpoint.pem")
        let files = ConfigurationTexts(
            stores: stores.all.map(\.id), isSample: sample != nil, authPort: authPort, helpdeskPort: helpdeskPort,
            helpdeskKey: helpdeskKey.publicKey.jwk)
        try Files.create(path("helpdesk.json5"), Array(files.helpdesk.utf8))
        try Files.create(path("auth.json5"), Array(files.auth.utf8))
        if let sample { try await Links(folder: folder).importFile(sample + "/links.csv", stores: stores) }
        stores.close()
        Console.say(
            "The installation in \(folder) is ready: auth.json5, helpdesk.json5, stores.json5, keys, databases.")
    }

    private func path(_ name: String) -> String { name.isEmpty ? folder : folder + "/" + name }

    private func makeStores() throws(CommandError) {
        guard !Files.exists(path("stores.json5")) else { return }
        let text = try sample.map { (folder) throws(CommandError) in try Files.read(folder + "/stores.json5") }
        try Files.create(path("stores.json5"), text ?? Array(ConfigurationTexts.stores.utf8))
    }

    private func openStores(creating: Bool) async throws(CommandError) -> IdentityStoreRegistry {
        try await Installation(folder: folder).openStores(creating: creating)
    }

    private func importSample(_ sample: String, into stores: IdentityStoreRegistry) async throws(CommandError) {
        for store in stores.all {
            let source = sample + "/" + store.id.text
            let report = try await StoreImport(
                people: source + "/people.csv", groups: source + "/groups.csv", updatingPasswords: false
            ).run(into: store)
            Console.say("Store \(store.id): \(report.created) people, \(report.groupsCreated) groups.")
        }
    }

    private func makeKeys() async throws(CommandError) {
        for service in ["auth", "helpdesk"] {
            try await attempt("the keys of the \(service) service") {
                try Keyring.create(folder: path(service + "/keys"))
            }
        }
    }

    private func makeSigningKey(_ name: String) async throws(CommandError) -> SigningKey {
        let key = try await attempt(name) { try SigningKey.generate() }
        let pem = try await attempt(name) { try key.exportPEM() }
        try Files.create(path(name), pem.copyBytes())
        return key
    }
}
