import Configuration
import Crypto
import Directory
import HTTPServer
import Messaging
import Model
import SQL

/// The settings every service has.
public struct ServiceSettings: Sendable {
    /// Where the service listens.
    public let listen: HTTPServerSettings
    /// Where it keeps its data.
    public let database: DatabaseConfiguration
    /// The folder of its sealing keys, mode 0700.
    public let keyFolder: String
    /// The identity stores, from the file named by `stores`.
    public let stores: StoresConfiguration
    /// Where the signed head of the audit chain is written.
    public let checkpointFile: String
    /// The key it is signed with.
    public let checkpointKey: SigningKey
    /// Whether every row of the history is a line of the log too (AU-04).
    public let auditLines: Bool
    /// How people are reached.
    public let messaging: MessagingConfiguration
    /// Days a row of the history is kept at least; `nil`: for good (PR-03).
    public let historyDays: Int?
    /// The limits, within their legal ranges.
    public let limits: SecurityLimits

    /// Reads a service's file and the stores file it names, checked whole: every problem is collected with its path.
    ///
    /// - Parameters:
    ///   - file: of the service.
    ///   - port: where the file is silent.
    ///   - more: reads what only this service has; answers `nil` after a problem.
    /// - Throws: every problem found.
    public static func load<Value>(
        _ file: String, port: Int, _ more: (ConfigurationReader, StoresConfiguration) -> Value?
    ) throws(ConfigurationFailure) -> (ServiceSettings, Value) {
        let reader = ConfigurationReader(contentsOf: file)
        let storesReader = ConfigurationReader(contentsOf: reader.path("stores", default: "stores.json5"))
        let stores = StoresConfiguration(storesReader)
        let settings = ServiceSettings(reader, stores: stores, port: port)
        let value = more(reader, stores)
        reader.finish()
        storesReader.finish()
        let problems = reader.problems + storesReader.problems
        guard problems.isEmpty, let settings, let value else { throw ConfigurationFailure(problems: problems) }
        return (settings, value)
    }

    private init?(_ reader: ConfigurationReader, stores: StoresConfiguration, port: Int) {
        listen = HTTPServerSettings(reader.object("listen", required: false), port: port)
        let database = DatabaseConfiguration(reader.object("database"))
        keyFolder = reader.path("keys")
        self.stores = stores
        let checkpoint = reader.object("checkpoint")
        checkpointFile = checkpoint.path("file")
        let checkpointKey = SigningKey(reader: checkpoint, "key")
        auditLines = reader.bool("auditLines", default: true)
        messaging = MessagingConfiguration(reader: reader.object("messaging"))
        historyDays = reader.historyDays()
        limits = reader.limits("limits")
        guard let database, let checkpointKey else { return nil }
        self.database = database
        self.checkpointKey = checkpointKey
    }
}

extension SigningKey {
    /// Reads the private key in the file a setting names; `nil` after a problem, which the reader has collected.
    public init?(reader: ConfigurationReader, _ name: String) {
        let file = reader.path(name)
        guard !file.isEmpty else { return nil }
        do {
            try self.init(pem: SecretReference.file(file).load())
        } catch let error as SecretError {
            reader.report(error.description, at: name)
            return nil
        } catch {
            reader.report("the file \(file) is no private P-256 key in PEM", at: name)
            return nil
        }
    }
}

extension ConfigurationReader {
    /// `retention: {historyDays}`: 0, as where it is silent, for good; else 30 days or more, so that the other service has
    /// read what it copies long before.
    fileprivate func historyDays() -> Int? {
        let retention = object("retention", required: false)
        let days = retention.integer("historyDays", default: 0, in: 0...36_500)
        if (1..<30).contains(days) { retention.report("must be 0, for good, or 30 to 36500", at: "historyDays") }
        return days == 0 ? nil : days
    }
}
