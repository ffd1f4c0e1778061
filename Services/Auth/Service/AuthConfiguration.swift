import Configuration
import Crypto
import Directory
import Hosting
import Model
import StrictJSON

/// Everything `auth.json5` says, checked whole: every problem is collected with its path, none stops the reading.
public struct AuthConfiguration: Sendable {
    /// What every service has; port 8401 where the file is silent.
    public let settings: ServiceSettings
    /// The public keys (JWK, RFC 7517) of the helpdesk service, the old one too while it is being replaced (ST-01).
    public let helpdeskKeys: [VerificationKey]
    /// The roles of every store.
    public let roles: [RoleConfiguration]
    /// The security questions; the standard pool where the file is silent.
    public let questions: QuestionPool

    /// Reads the file and the files it names.
    ///
    /// - Throws: every problem found.
    public static func load(_ file: String) throws(ConfigurationFailure) -> AuthConfiguration {
        let (settings, own) = try ServiceSettings.load(file, port: 8_401) { reader, stores in
            let roles = RoleConfiguration.read(reader, stores: stores.stores.map(\.id))
            let named = QuestionPool.read(reader, stores: stores.stores.map(\.id))
            let questions = named.isEmpty ? .standard : QuestionPool(named)
            questions.check(for: roles, reader)
            return (keys: readKeys(reader), roles: roles, questions: questions)
        }
        return AuthConfiguration(
            settings: settings, helpdeskKeys: own.keys, roles: own.roles, questions: own.questions)
    }
}

extension AuthConfiguration {
    /// What fills a database that has no roles yet.
    public var policies: PolicyDocument { PolicyDocument(roles: roles, questions: questions.all) }

    /// What is allowed but dangerous, in words for `latchkey config check`.
    public var warnings: [String] {
        RoleConfiguration.warnings(of: roles)
    }
}

private func readKeys(_ reader: ConfigurationReader) -> [VerificationKey] {
    guard case .array(let items)? = reader.value("helpdeskKeys"), !items.isEmpty else {
        reader.report("must be a list of at least one public key (JWK) of the helpdesk service", at: "helpdeskKeys")
        return []
    }
    return items.compactMap { item in
        let key = try? VerificationKey(jwk: item)
        if key == nil { reader.report("holds a key that is no P-256 public key (JWK)", at: "helpdeskKeys") }
        return key
    }
}
