import Configuration
import Model
import StrictJSON
import Transport

/// How SMS leave: one of `twilio`, `gateway` and `files`.
struct SMSRoute: Sendable {
    private enum Way: Sendable {
        case twilio(account: String, token: SecretReference?, url: String)
        case gateway(TemplateGateway.Shape, secret: SecretReference?)
        case files(folder: String)
    }

    /// Beginnings of the numbers that SMS may go to.
    let countries: [String]
    private let from: String
    private let caFile: String?
    private let way: Way?

    init(reader: ConfigurationReader) {
        from = reader.string("from", length: 1...40)
        countries = Self.countries(reader, sender: from)
        caFile = reader.optionalPath("caFile")
        let ways = [
            reader.optionalObject("twilio").map { Self.twilio($0) },
            reader.optionalObject("gateway").map { Self.gateway($0) },
            reader.optionalObject("files").map { Way.files(folder: $0.path("folder")) },
        ].compactMap { $0 }
        if ways.count != 1 { reader.report("needs one of twilio, gateway and files") }
        way = ways.first
    }

    func channel() throws(SecretError) -> any MessageChannel {
        switch way {
        case .twilio(let account, let token, let url):
            guard let token = try token?.load() else { return FailingChannel(kind: .sms) }
            let gateway = TwilioGateway(account: account, token: token, from: from, url: url)
            return SMSGatewayChannel(client: client, twilio: gateway)
        case .gateway(let shape, let secret):
            let gateway = TemplateGateway(shape: shape, from: from, secret: try secret?.load())
            return SMSGatewayChannel(client: client, template: gateway)
        case .files(let folder): return FileChannel(kind: .sms, folder: folder)
        case nil: return FailingChannel(kind: .sms)
        }
    }

    private var client: HTTPClient { HTTPClient(threads: 4, caFile: caFile, maximumBody: 65_536) }

    /// RL-04: the sender's own country where the file is silent.
    private static func countries(_ reader: ConfigurationReader, sender: String) -> [String] {
        let own = E164.countryCode(of: sender).map { [$0] }
        if own == nil, reader.value("countries") == nil {
            reader.report("must be there when the sender is no number", at: "countries")
            return []
        }
        let countries = reader.strings("countries", default: own, count: 1...250, length: 2...16)
        for country in countries where !E164.isPrefix(country) {
            reader.report("\(country) is not the beginning of a number such as +49", at: "countries")
        }
        return countries
    }

    private static func twilio(_ reader: ConfigurationReader) -> Way {
        let url = reader.string("url", default: "https://api.twilio.com", length: 8...200)
        checkURL(url, reader)
        return .twilio(account: reader.string("account", length: 1...64), token: reader.secret("token"), url: url)
    }

    private static func gateway(_ reader: ConfigurationReader) -> Way {
        let method: Method = reader.choice("method", default: .post)
        var shape = TemplateGateway.Shape(
            method: method.rawValue, url: reader.string("url", length: 8...1_000),
            body: reader.optionalString("body", length: 1...4_000),
            encoding: reader.choice("encoding", default: .form))
        if let headers = reader.optionalObject("headers") {
            shape.headers = headers.names.map { ($0, headers.string($0, length: 0...1_000)) }
        }
        checkURL(shape.url, reader)
        checkPlaces(shape, reader)
        let secret = reader.optionalSecret("secret")
        return .gateway(shape, secret: secret)
    }

    private static func checkPlaces(_ shape: TemplateGateway.Shape, _ reader: ConfigurationReader) {
        let request = shape.url + (shape.body ?? "")
        for place in ["{to}", "{text}"] where !request.contains(place) {
            reader.report("needs \(place) in url or body")
        }
        guard let body = shape.body, shape.encoding == .json else { return }
        let sample = TemplateGateway.fill(body, ["to": "", "text": "", "from": "", "id": "", "secret": ""]) { $0 }
        if (try? JSON.parse(Array(sample.utf8))) == nil { reader.report("is not JSON once filled in", at: "body") }
    }

    /// Messages with codes and passwords leave this machine only over TLS.
    private static func checkURL(_ url: String, _ reader: ConfigurationReader) {
        if url.utf8.starts(with: "https://".utf8) { return }
        let host = url.dropFirst("http://".count).prefix { !":/?#".contains($0) }
        if url.utf8.starts(with: "http://".utf8), isLoopback(String(host)) { return }
        reader.report("must be https, or http to this machine", at: "url")
    }

    private enum Method: String, CaseIterable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
    }
}
