import Configuration
import Crypto
import Model
import Platform
import StrictJSON
import TestSupport
import Transport

@testable import Directory

/// A tenant of Microsoft Entra ID on the double of `Tests/Kit/graph-double.py`.
final class GraphTestDirectory: TestDirectory {
    static let domain = "test.example.org"
    static let operationAttribute = "extension_22222222222242228222222222222222_latchkeyOperation"

    private static let starter = BlockingPool(name: "graph-starter", threads: 2)

    let entraID: EntraIDStore
    let lockAfterFailures = 3
    let lacking: [TestPerson.State: String] = [.accountExpired: "A user of Entra ID has no date of expiry."]
    let clock: any Clock
    let folder = TemporaryFolder()
    let double: KitServer
    private let control: HTTPClient

    var store: any IdentityStore { entraID }

    /// - Parameters:
    ///   - settings: in the form of `stores.json5`, in place of those of the conformance suite.
    ///   - authority: a CA file in place of the double's own.
    ///   - port: where the double is reached, where something stands between.
    init(
        _ settings: String? = nil, authority: String? = nil, clock: any Clock = FixedClock(),
        between: ((UInt16) throws -> UInt16)? = nil
    ) async throws {
        // Starting a program blocks; a deadline of another test must not run out over it.
        let (certificates, server) = try await Self.starter.run {
            let certificates = try GraphCertificates.shared()
            return (
                certificates,
                try KitServer("graph-double.py", certificates.arguments + ["--lockout-threshold", "3"])
            )
        }
        double = server
        control = HTTPClient(threads: 1, caFile: certificates.authority)
        self.clock = clock
        let secret = folder.write("client-secret", "graph-secret\n")
        let port = try between?(double.port) ?? double.port
        entraID = try Self.open(
            port: port, caFile: authority ?? certificates.authority, secret: secret,
            settings ?? #"signIn: "passwordGrant", operationAttribute: "\#(Self.operationAttribute)""#, clock)
    }

    /// Opens a store as a process does, from its configuration.
    static func open(
        port: UInt16, caFile: String, secret: String, _ settings: String, _ clock: any Clock
    ) throws -> EntraIDStore {
        // Tests wait for one another; those about the deadline say so.
        let deadline = settings.contains("deadlineSeconds") ? "" : "deadlineSeconds: 30, "
        let text = """
            {stores: [{id: "test", name: "Test", domain: "\(domain)", kind: "entraID",
                tenant: "11111111-1111-4111-8111-111111111111", clientID: "22222222-2222-4222-8222-222222222222",
                clientSecret: {file: "\(secret)"}, loginURL: "https://127.0.0.1:\(port)",
                graphURL: "https://127.0.0.1:\(port)", caFile: "\(caFile)", settlingSeconds: 1, \(deadline)\(settings)}]}
            """
        let reader = ConfigurationReader(file: "/stores.json5", bytes: Array(text.utf8))
        let configuration = StoresConfiguration(reader)
        reader.finish()
        guard reader.problems.isEmpty, let store = configuration.stores.first,
            case .entraID(let settings) = store.backend
        else { throw ConfigurationFailure(problems: reader.problems) }
        return try EntraIDStore.open(
            store, settings: settings, environment: StoreEnvironment(clock: clock, hasher: testHasher()))
    }

    func end() {
        entraID.close()
        double.process.terminate()
    }

    func login(_ name: String) -> String { "\(name)@\(Self.domain)" }

    func add(_ person: TestPerson) async throws -> AccountID { try await add(person, []) }

    /// - Parameter states: of the double alone: `secondFactor`, `synchronized`, `administrator`.
    func add(_ person: TestPerson, _ states: [String]) async throws -> AccountID {
        let answer = try await tell(
            "POST", "users",
            .object([
                "login": .string(person.login), "displayName": .string(person.displayName),
                "firstName": .string(person.firstName), "lastName": .string(person.lastName),
                "mail": person.mail.map(JSON.string) ?? .null, "mobile": person.mobile.map(JSON.string) ?? .null,
                "password": .string(person.password), "groups": .array(person.groups.map(JSON.string)),
                "states": .array((person.states.map(\.rawValue) + states).map(JSON.string)),
            ]))
        guard let id = answer["id"]?.stringValue, let account = AccountID(store: testStoreID, entry: id) else {
            throw StoreError.malformed("the double made nobody")
        }
        return account
    }

    func nest(_ members: [String], in group: String) async throws {
        try await tell(
            "POST", "groups", .object(["group": .string(group), "members": .array(members.map(JSON.string))]))
        let groups = try await tell("GET", "groups").objectValue ?? []
        groupIDs.withLock { ids in
            for member in groups { ids[member.name] = member.value.stringValue }
        }
    }

    private let groupIDs = Lock<[String: String]>([:])

    func group(_ name: String) -> String { groupIDs.withLock { $0[name] } ?? "no group \(name)" }

    func change(_ account: AccountID, to person: TestPerson) async throws {
        try await tell(
            "PATCH", "users/\(account.entry)",
            .object([
                "displayName": .string(person.displayName), "givenName": .string(person.firstName),
                "surname": .string(person.lastName), "mail": person.mail.map(JSON.string) ?? .null,
                "mobilePhone": person.mobile.map(JSON.string) ?? .null,
            ]))
    }

    func remove(_ account: AccountID) async throws { try await tell("DELETE", "users/\(account.entry)") }

    /// Sets properties of a user past the store.
    func set(_ account: AccountID, _ properties: JSON) async throws {
        try await tell("PATCH", "users/\(account.entry)", properties)
    }

    /// What goes wrong from now on.
    func fault(_ faults: JSON...) async throws { try await tell("POST", "faults", .array(faults)) }

    /// What the tenant does from now on.
    func state(_ state: JSON) async throws { try await tell("POST", "state", state) }

    /// Requests that reached Graph or the token endpoint.
    func requests() async throws -> [String] {
        try await tell("GET", "requests").arrayValue?.map {
            $0["batched"]?.stringValue.map { "BATCHED " + $0 }
                ?? "\($0["method"]?.stringValue ?? "") \($0["path"]?.stringValue ?? "")"
        } ?? []
    }

    /// Password writes that were carried out.
    func writes() async throws -> [JSON] { try await tell("GET", "writes").arrayValue ?? [] }

    @discardableResult
    private func tell(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> JSON {
        let answer = try await control.send(
            HTTPRequest(
                method, "https://127.0.0.1:\(double.port)/_double/\(path)", body: body?.serialized(),
                deadline: .seconds(20)))
        guard answer.status == 200 else { throw StoreError.malformed("the double answers \(answer.status)") }
        return try JSON.parse(answer.body)
    }
}

/// One authority for all the doubles of a run: a key takes longer than most tests.
enum GraphCertificates {
    private static let made = Lock<TestCertificates?>(nil)

    static func shared() throws -> TestCertificates {
        try made.withLock { made in
            if let made { return made }
            let new = try TestCertificates()
            made = new
            return new
        }
    }
}
