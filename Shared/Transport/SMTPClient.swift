import CCurl
import Model

/// Hands mail to a server and keeps the connections open for the next one.
///
/// Nothing is said before TLS is up, where TLS is asked for; certificate and host name are checked.
public final class SMTPClient: Sendable {
    /// Bytes of replies of one transfer.
    private static let maximumReplies = 64 * 1_024

    private let handles: CurlHandles
    private let settings: SMTPSettings

    /// A client with its own threads and connections.
    ///
    /// - Parameter threads: mails under way at once, each on a connection of its own; more wait, inside the deadline.
    public init(_ settings: SMTPSettings, threads: Int = 4) {
        handles = CurlHandles(name: "smtp-client", threads: threads)
        self.settings = settings
    }

    /// Hands the mail over; returns once the server has taken responsibility for it (RFC 5321 §4.2.5).
    public func send(_ message: MailMessage) async throws(TransportError) {
        try await handles.run(deadline: settings.deadline) { [settings] handle, rest throws(TransportError) in
            if message.to.isInternational, try !Self.offersInternational(settings, handle, rest) {
                throw .refused(code: 550, text: "550 5.6.7 the server does not offer SMTPUTF8")
            }
            try handle.prepare(protocols: "smtp,smtps", caFile: settings.caFile, deadline: rest)
            try Self.describe(settings, to: handle)
            try handle.set(CURLOPT_MAIL_FROM, "<\(message.from.address)>")
            try handle.set(CURLOPT_MAIL_RCPT, ["<\(message.to.address)>"])
            try handle.set(CURLOPT_HTTPHEADER, message.headerLines)
            try handle.setMailParts(message.parts)
            let collector = CurlCollector(maximumBody: Self.maximumReplies)
            let outcome = try handle.perform(body: nil, collector: collector)
            if let error = Self.error(of: outcome, replies: collector.lines) { throw error }
        }
    }

    /// Connects, secures the connection, signs in and does nothing (NOOP, RFC 5321 §4.1.1.9): what `send` needs, tried
    /// without a mail.
    public func check() async throws(TransportError) {
        try await handles.run(deadline: settings.deadline) { [settings] handle, rest throws(TransportError) in
            try handle.prepare(protocols: "smtp,smtps", caFile: settings.caFile, deadline: rest)
            _ = try Self.greet(settings, handle)
        }
    }

    /// Whether the server takes addresses with other letters than ASCII (RFC 6531 §3.2). libcurl would hand them to one
    /// that does not as well, which then may deliver to somebody else.
    private static func offersInternational(
        _ settings: SMTPSettings, _ handle: CurlHandle, _ rest: Duration
    ) throws(TransportError) -> Bool {
        try handle.prepare(protocols: "smtp,smtps", caFile: settings.caFile, deadline: rest)
        // What a server offers is told at the beginning of a connection alone.
        try handle.set(CURLOPT_FRESH_CONNECT, 1)
        return try greet(settings, handle).contains { line in
            line.utf8.dropFirst(4).elementsEqual("SMTPUTF8".utf8)
        }
    }

    /// Everything up to the first command that does something; answers what the server said.
    private static func greet(_ settings: SMTPSettings, _ handle: CurlHandle) throws(TransportError) -> [String] {
        try describe(settings, to: handle)
        try handle.set(CURLOPT_CUSTOMREQUEST, "NOOP")
        let collector = CurlCollector(maximumBody: maximumReplies)
        let outcome = try handle.perform(body: nil, collector: collector)
        if let error = error(of: outcome, replies: collector.lines) { throw error }
        return collector.lines
    }

    private static func describe(_ settings: SMTPSettings, to handle: CurlHandle) throws(TransportError) {
        try handle.set(CURLOPT_URL, settings.url)
        switch settings.security {
        case .startTLS, .implicitTLS: try handle.set(CURLOPT_USE_SSL, latchkey_curl_use_ssl_all)
        case .none: break
        }
        guard let username = settings.username, let password = settings.password else { return }
        try handle.set(CURLOPT_USERNAME, username)
        try handle.set(CURLOPT_PASSWORD, password)
        // Of the mechanisms libcurl knows, the two that need nothing but name and password, under TLS.
        try handle.set(CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN")
    }

    /// A failed transfer whose last reply was a refusal is a refusal; libcurl says only "send error" of it, and asks
    /// to quit before it says so.
    private static func error(of outcome: CurlOutcome, replies: [String]) -> TransportError? {
        guard let error = outcome.error else { return nil }
        switch error {
        case .timedOut, .tls, .tooLarge: return error
        case .unreachable, .failed, .refused:
            guard (400...599).contains(outcome.response) else { return error }
            let reply = replies.last { $0.utf8.starts(with: "\(outcome.response)".utf8) }
            return .refused(code: outcome.response, text: reply ?? "")
        }
    }
}
