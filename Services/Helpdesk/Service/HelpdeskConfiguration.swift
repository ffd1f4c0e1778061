import AuthClient
import Configuration
import Crypto
import Directory
import Glibc
import Hosting
import Model

/// Everything `helpdesk.json5` says, checked whole: every problem is collected with its path, none stops the reading.
public struct HelpdeskConfiguration: Sendable {
    /// What every service has; port 8402 where the file is silent.
    public let settings: ServiceSettings
    /// The service's own key: signs what it says to the auth service (ST-01).
    public let signingKey: SigningKey
    /// How the auth service is reached.
    public let auth: HTTPCallerVerification.Settings
    /// The accounts the help desk cannot touch (OP-04), as the file names them.
    public let protected: ProtectedConfiguration
    /// How the account index is kept.
    public let index: IndexSettings
    /// Where people enroll, as messages name it; `nil`: nobody can be asked to.
    public let enrollmentURL: String?
    /// Where people reach this service, without a slash at its end; `nil`: no secure links (SL-02).
    public let publicURL: String?
    /// The name of this process among its replicas, the same after a restart; host and port where the file is silent.
    public let nodeName: String

    /// Reads the file and the files it names.
    ///
    /// - Throws: every problem found.
    public static func load(_ file: String) throws(ConfigurationFailure) -> HelpdeskConfiguration {
        let (settings, own) = try ServiceSettings.load(file, port: 8_402) { Own($0, $1) }
        return HelpdeskConfiguration(settings, own)
    }

    private init(_ settings: ServiceSettings, _ own: Own) {
        self.settings = settings
        signingKey = own.signingKey
        auth = HTTPCallerVerification.Settings(
            url: own.url, deadline: own.deadline, caFile: own.caFile,
            tokenLifetime: settings.limits.seconds(SecurityLimits.serviceTokenSeconds))
        protected = own.protected
        index = own.index
        enrollmentURL = own.enrollmentURL
        publicURL = own.publicURL
        nodeName = own.nodeName ?? "\(hostName()):\(settings.listen.port)"
    }
}

/// The settings only this service has.
private struct Own {
    let signingKey: SigningKey
    let url: String
    let deadline: Duration
    let caFile: String?
    let protected: ProtectedConfiguration
    let index: IndexSettings
    let nodeName: String?
    let enrollmentURL: String?
    let publicURL: String?

    init?(_ reader: ConfigurationReader, _ stores: StoresConfiguration) {
        let key = SigningKey(reader: reader, "signingKey")
        let auth = reader.object("auth")
        url = auth.string("url", length: 1...512)
        deadline = .milliseconds(auth.integer("deadlineMilliseconds", default: 3_000, in: 100...20_000))
        caFile = auth.optionalPath("caFile")
        protected = ProtectedConfiguration(reader, stores: stores.stores.map(\.id))
        index = IndexSettings(reader.object("index", required: false))
        nodeName = reader.optionalString("nodeName", length: 1...128)
        enrollmentURL = reader.optionalString("enrollmentURL", length: 8...300)
        if let enrollmentURL, !isPublic(enrollmentURL, withPath: true) {
            reader.report("must be an https address, or http to this machine", at: "enrollmentURL")
        }
        publicURL = reader.optionalString("publicURL", length: 8...200)
        if let publicURL, !isPublic(publicURL) {
            reader.report(
                "must be https, or http to this machine, as far as the host and port and without a slash at its end",
                at: "publicURL")
        }
        let isWeb = url.hasPrefix("http://") || url.hasPrefix("https://")
        if !url.isEmpty, !isWeb || url.hasSuffix("/") || url.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) {
            auth.report("must be an http or https address without a slash at its end", at: "url")
        }
        guard let key else { return nil }
        signingKey = key
    }
}

/// `https://host[:port]`, or `http` to this machine; what may follow is printable ASCII.
private func isPublic(_ url: String, withPath: Bool = false) -> Bool {
    let isSecure = url.utf8.starts(with: "https://".utf8)
    guard isSecure || url.utf8.starts(with: "http://".utf8) else { return false }
    let rest = url.utf8.dropFirst(isSecure ? 8 : 7)
    let authority = rest.prefix { ![UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")].contains($0) }
    let path = rest.dropFirst(authority.count)
    guard withPath || path.isEmpty, path.allSatisfy({ (0x21...0x7E).contains($0) }) else { return false }
    let isPlain = authority.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"): true
        default: false
        }
    }
    let host = String(authority.prefix { $0 != UInt8(ascii: ":") }) ?? ""
    let isAddress = host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
    let isLocal = host == "localhost" || isAddress && host.hasPrefix("127.")
    return isPlain && !host.isEmpty && (isSecure || isLocal)
}

/// The name of this host (gethostname(2)).
private func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
