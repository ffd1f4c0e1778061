import Configuration
import Model
import Transport

/// How mail leaves: one of `smtp` and `files`.
struct MailRoute: Sendable {
    private enum Way: Sendable {
        case smtp(SMTPSettings, password: SecretReference?, connections: Int)
        case files(folder: String)
    }

    private let way: Way?
    private let from: MailAddress?

    init(reader: ConfigurationReader) {
        from = Self.sender(reader)
        let smtp = reader.optionalObject("smtp").map { Self.smtp($0) }
        let files = reader.optionalObject("files").map { Way.files(folder: $0.path("folder")) }
        if (smtp == nil) == (files == nil) { reader.report("needs one of smtp and files") }
        way = smtp ?? files
    }

    func channel() throws(SecretError) -> any MessageChannel {
        switch way {
        case .smtp(var settings, let password, let connections):
            settings.password = try password?.load()
            guard let from else { return FailingChannel(kind: .email) }
            return SMTPChannel(client: SMTPClient(settings, threads: connections), from: from)
        case .files(let folder): return FileChannel(kind: .email, folder: folder)
        case nil: return FailingChannel(kind: .email)
        }
    }

    private static func sender(_ reader: ConfigurationReader) -> MailAddress? {
        let address = reader.string("from", length: 3...254)
        let name = reader.optionalString("fromName", length: 1...80)
        guard !address.isEmpty else { return nil }
        do throws(MailMessageError) {
            return try MailAddress(address, name: name)
        } catch {
            switch error {
            case .badAddress, .badMessageID: reader.report("is not a mail address", at: "from")
            case .controlCharacter: reader.report("has a control character", at: "fromName")
            }
            return nil
        }
    }

    private static func smtp(_ reader: ConfigurationReader) -> Way? {
        let host = reader.string("host", length: 1...253)
        let security: SMTPSettings.Security = reader.choice("security", default: .startTLS)
        let port = reader.integer("port", default: security == .implicitTLS ? 465 : 587, in: 1...65_535)
        let helo = reader.string("helo", default: "localhost", length: 1...253)
        let username = reader.optionalString("username", length: 1...254)
        let password = reader.optionalSecret("password")
        let deadline = reader.seconds("deadlineSeconds", default: 20, in: 1...30)
        let connections = reader.integer("connections", default: 4, in: 1...8)
        let caFile = reader.optionalPath("caFile")
        if (username == nil) != (reader.value("password") == nil) {
            reader.report("username and password go together")
        }
        guard !host.isEmpty, !helo.isEmpty else { return nil }
        do throws(TransportError) {
            var settings = try SMTPSettings(
                host: host, port: UInt16(clamping: port), security: security, helo: helo)
            settings.username = username
            settings.deadline = deadline
            settings.caFile = caFile
            return .smtp(settings, password: password, connections: connections)
        } catch {
            guard case .failed(let reason) = error else { return nil }
            reader.report(reason)
            return nil
        }
    }
}

/// Stands for a channel whose configuration has a problem; a service with problems does not start.
struct FailingChannel: MessageChannel {
    let kind: MessageChannelKind

    func deliver(_ message: RenderedMessage) async throws(DeliveryError) {
        throw .misconfigured(reason: "channel_not_configured")
    }

    func check() async throws(DeliveryError) {
        throw .misconfigured(reason: "channel_not_configured")
    }
}
