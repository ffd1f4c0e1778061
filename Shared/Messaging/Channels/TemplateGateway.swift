import Model
import StrictJSON
import Transport

/// A gateway described by its request, with places `{to}`, `{text}`, `{from}`, `{id}` and `{secret}`.
///
/// It has taken the message when it answers 2xx.
public struct TemplateGateway: SMSGateway {
    /// How values are written into the body.
    public enum BodyEncoding: String, CaseIterable, Sendable {
        /// Percent-encoded, for `application/x-www-form-urlencoded`.
        case form
        /// As the inside of a JSON string.
        case json
    }

    /// The request. In the URL values are percent-encoded, in fields they stand as they are.
    public struct Shape: Sendable {
        /// `GET`, `POST` or `PUT`.
        public var method: String
        /// `https`, or `http` to this machine.
        public var url: String
        /// Fields beside the content type.
        public var headers: [(String, String)]
        /// The body; `nil` for none.
        public var body: String?
        /// How values are written into the body.
        public var encoding: BodyEncoding

        /// Describes the request.
        public init(
            method: String, url: String, headers: [(String, String)] = [], body: String? = nil,
            encoding: BodyEncoding = .form
        ) {
            self.method = method
            self.url = url
            self.headers = headers
            self.body = body
            self.encoding = encoding
        }
    }

    private let shape: Shape
    private let from: String
    private let secret: Secret?

    /// A gateway with this request, sender and secret.
    public init(shape: Shape, from: String, secret: Secret? = nil) {
        self.shape = shape
        self.from = from
        self.secret = secret
    }

    func request(for message: RenderedMessage) -> HTTPRequest {
        let values = [
            "to": message.to, "text": message.text, "from": from, "id": message.id.text,
            "secret": secret?.copyText() ?? "",
        ]
        var headers = shape.headers.map { ($0.0, Self.fill($0.1, values) { $0 }) }
        if shape.body != nil { headers.append(("Content-Type", contentType)) }
        return HTTPRequest(
            shape.method, Self.fill(shape.url, values, percentEncoded), headers: headers,
            body: shape.body.map { Array(Self.fill($0, values, bodyText).utf8) }, deadline: deadline)
    }

    /// A gateway we know only by one request cannot be asked anything else.
    var question: HTTPRequest? { nil }

    func judge(_ response: HTTPResponse) -> DeliveryError? {
        judge(response, reason: "gateway_http_\(response.status)")
    }

    private var contentType: String {
        switch shape.encoding {
        case .form: "application/x-www-form-urlencoded"
        case .json: "application/json"
        }
    }

    private func bodyText(_ value: String) -> String {
        switch shape.encoding {
        case .form: percentEncoded(value)
        case .json: String(decoding: JSON.string(value).serialized().dropFirst().dropLast(), as: UTF8.self)
        }
    }

    /// Sets the values in, once over the text: a message that says `{secret}` is sent as it is. Any other brace is a
    /// brace, because JSON has them.
    static func fill(_ template: String, _ values: [String: String], _ encode: (String) -> String) -> String {
        var text = ""
        var rest = Substring(template)
        while let brace = rest.firstIndex(of: "{") {
            text += rest[..<brace]
            rest = rest[brace...]
            if let end = rest.firstIndex(of: "}"), let value = values[String(rest[..<end].dropFirst())] {
                text += encode(value)
                rest = rest[rest.index(after: end)...]
            } else {
                text += "{"
                rest = rest.dropFirst()
            }
        }
        return text + rest
    }
}
