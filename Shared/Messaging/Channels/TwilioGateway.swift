import Model
import StrictJSON
import Transport

/// Twilio's Messages API, which other gateways speak too
/// (https://www.twilio.com/docs/messaging/api/message-resource, version 2010-04-01).
public struct TwilioGateway: SMSGateway {
    /// Codes that say our sender is wrong, not the recipient (https://www.twilio.com/docs/api/errors).
    private static let senderFaults: Set<Int64> = [21_212, 21_603, 21_606, 21_659, 21_660]

    private let account: String
    private let token: Secret
    private let from: String
    private let url: String

    /// Names the account and the sender.
    ///
    /// - Parameters:
    ///   - account: the account SID, `AC...`.
    ///   - token: its auth token.
    ///   - from: a number or sender id, or a messaging service SID, `MG...`.
    ///   - url: where the API is.
    public init(account: String, token: Secret, from: String, url: String = "https://api.twilio.com") {
        self.account = account
        self.token = token
        self.from = from
        self.url = url
    }

    func request(for message: RenderedMessage) -> HTTPRequest {
        let sender = from.utf8.starts(with: "MG".utf8) ? "MessagingServiceSid" : "From"
        let form =
            "To=\(percentEncoded(message.to))&\(sender)=\(percentEncoded(from))"
            + "&Body=\(percentEncoded(message.text))"
        var request = HTTPRequest(
            "POST", "\(url)/2010-04-01/Accounts/\(percentEncoded(account))/Messages.json",
            headers: [("Content-Type", "application/x-www-form-urlencoded")], body: Array(form.utf8),
            deadline: deadline)
        request.credentials = .init(username: account, password: token)
        return request
    }

    /// The account's own record.
    var question: HTTPRequest? {
        var request = HTTPRequest(
            "GET", "\(url)/2010-04-01/Accounts/\(percentEncoded(account)).json", deadline: deadline)
        request.credentials = .init(username: account, password: token)
        return request
    }

    func judge(_ response: HTTPResponse) -> DeliveryError? {
        let answer = try? JSON.parse(response.body)
        if (200...299).contains(response.status) {
            // An answer without a message id comes from something else than the gateway.
            guard case .string? = answer?["sid"] else { return .temporary(reason: "twilio_answer_unreadable") }
            return nil
        }
        guard case .integer(let code)? = answer?["code"] else {
            return judge(response, reason: "twilio_http_\(response.status)")
        }
        if Self.senderFaults.contains(code) { return .misconfigured(reason: "twilio_\(code)") }
        return judge(response, reason: "twilio_\(code)")
    }
}
