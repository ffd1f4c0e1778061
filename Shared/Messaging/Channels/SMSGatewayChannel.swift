import Model
import Transport

/// SMS by an HTTP gateway.
public struct SMSGatewayChannel: MessageChannel {
    /// Phone numbers.
    public let kind = MessageChannelKind.sms
    private let client: HTTPClient
    private let gateway: any SMSGateway

    /// Sends through this client to Twilio's Messages API.
    public init(client: HTTPClient, twilio: TwilioGateway) {
        self.client = client
        gateway = twilio
    }

    /// Sends through this client to any gateway a template can describe.
    public init(client: HTTPClient, template: TemplateGateway) {
        self.client = client
        gateway = template
    }

    /// Hands the message to the gateway. A lost answer means a second SMS: gateways know no message ids of ours.
    public func deliver(_ message: RenderedMessage) async throws(DeliveryError) {
        if let error = gateway.judge(try await send(gateway.request(for: message))) { throw error }
    }

    /// Asks the gateway about our account, where it can be asked.
    public func check() async throws(DeliveryError) {
        guard let question = gateway.question else { return }
        if let error = gateway.judge(try await send(question)) { throw error }
    }

    private func send(_ request: HTTPRequest) async throws(DeliveryError) -> HTTPResponse {
        do throws(TransportError) {
            return try await client.send(request)
        } catch {
            throw .ofTransport(error)
        }
    }
}

/// How a gateway is spoken to.
protocol SMSGateway: Sendable {
    /// The request that sends the message.
    func request(for message: RenderedMessage) -> HTTPRequest
    /// A request that asks whether our account is accepted and sends nothing; `nil` where there is none.
    var question: HTTPRequest? { get }
    /// What its answer means; `nil` when it has taken the message.
    func judge(_ response: HTTPResponse) -> DeliveryError?
}

extension SMSGateway {
    /// How long one message may take.
    var deadline: Duration { .seconds(20) }

    /// What a status means for any gateway; `nil` for 2xx.
    func judge(_ response: HTTPResponse, reason: String) -> DeliveryError? {
        switch response.status {
        case 200...299: nil
        // Our account or our URL is refused: nothing is wrong with the message.
        case 401, 403, 404, 405: .misconfigured(reason: reason)
        case 408, 429, 500...599: .temporary(reason: reason, retryAfter: retryAfter(response))
        default: .permanent(reason: reason)
        }
    }

    /// RFC 9110 §10.2.3; the form with a date is not used by gateways we know.
    private func retryAfter(_ response: HTTPResponse) -> Duration? {
        guard let text = response.header("retry-after"), (1...6).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let seconds = Int(text)
        else { return nil }
        return .seconds(seconds)
    }
}
