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
            let questions = readQuestions(reader)
            checkQuestions(questions, of: roles, reader)
            return (keys: readKeys(reader), roles: roles, questions: questions)
        }
        return AuthConfiguration(
            settings: settings, helpdeskKeys: own.keys, roles: own.roles, questions: own.questions)
    }
}

extension AuthConfiguration {
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

private func readQuestions(_ reader: ConfigurationReader) -> QuestionPool {
    let items = reader.objects("questions", count: 0...500)
    guard !items.isEmpty else { return .standard }
    var questions: [QuestionPool.Question] = []
    for item in items {
        let text = item.string("text", length: 5...256)
        let id = item.parsed("id", as: "an id of 1 to 64 characters of A-Z a-z 0-9 _ -") { QuestionID($0) }
        guard let id else { continue }
        if questions.contains(where: { $0.id == id }) { item.report("is the id of another question too", at: "id") }
        questions.append(QuestionPool.Question(id: id, text: text))
    }
    return QuestionPool(questions)
}

/// A pool with fewer questions than a role asks people to enroll would leave them unable to.
private func checkQuestions(_ pool: QuestionPool, of roles: [RoleConfiguration], _ reader: ConfigurationReader) {
    let most =
        roles.filter { $0.authentication.enabled.contains(.securityQuestions) }
        .map(\.authentication.questionsToEnroll).max() ?? 0
    if pool.all.count < most {
        reader.report("has \(pool.all.count) questions, and a role asks people to enroll with \(most)", at: "questions")
    }
}
