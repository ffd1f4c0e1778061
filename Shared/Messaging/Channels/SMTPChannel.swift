import Model
import Transport

/// Mail by a mail server.
public struct SMTPChannel: MessageChannel {
    /// Mail addresses.
    public let kind = MessageChannelKind.email
    private let client: SMTPClient
    private let from: MailAddress

    /// Sends through this client, from this address.
    public init(client: SMTPClient, from: MailAddress) {
        self.client = client
        self.from = from
    }

    /// Hands the message to the mail server. The Message-ID is made of the message's id alone, so a mail that comes
    /// twice can be recognized (CR-05).
    public func deliver(_ message: RenderedMessage) async throws(DeliveryError) {
        let mail: MailMessage
        do {
            mail = try MailMessage(
                from: from, to: MailAddress(message.to),
                content: MailContent(subject: message.subject, text: message.text, html: message.html),
                messageID: "\(message.id.text)@\(from.domain)", date: message.created)
        } catch {
            throw .permanent(reason: "mail_not_sendable")
        }
        do throws(TransportError) {
            try await client.send(mail)
        } catch {
            throw Self.judge(error)
        }
    }

    /// Signs in to the mail server and leaves.
    public func check() async throws(DeliveryError) {
        do throws(TransportError) {
            try await client.check()
        } catch {
            throw Self.judge(error)
        }
    }

    private static func judge(_ error: TransportError) -> DeliveryError {
        guard case .refused(let code, let text) = error else { return .ofTransport(error) }
        let reason = "smtp_\(code)" + (enhancedCode(in: text).map { "_" + $0 } ?? "")
        switch code {
        // The server does not accept our sign-in (RFC 4954 §6): nothing is wrong with the message.
        case 530, 534, 535, 538: return .misconfigured(reason: reason)
        case 500...599: return .permanent(reason: reason)
        default: return .temporary(reason: reason)
        }
    }
}

extension DeliveryError {
    /// A transport's error, the same for every channel.
    static func ofTransport(_ error: TransportError) -> DeliveryError {
        switch error {
        case .unreachable: .temporary(reason: "unreachable")
        case .timedOut: .temporary(reason: "timed_out")
        case .tls: .misconfigured(reason: "tls_refused")
        case .tooLarge: .temporary(reason: "answer_too_large")
        case .refused(let code, _): .temporary(reason: "refused_\(code)")
        case .failed: .temporary(reason: "transport_failed")
        }
    }
}

/// `5.1.1` of `550 5.1.1 no such user` (RFC 3463 §2): the only words of the server that are kept.
private func enhancedCode(in reply: String) -> String? {
    let words = reply.utf8.dropFirst(4).prefix { $0 != UInt8(ascii: " ") }
    let parts = words.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let areNumbers = parts.allSatisfy { part in
        (1...3).contains(part.count) && part.allSatisfy { (0x30...0x39).contains($0) }
    }
    return parts.count == 3 && areNumbers ? String(Substring(words)) : nil
}
