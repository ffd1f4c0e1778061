import Configuration
import Model
import StrictJSON
import TestSupport

@testable import Messaging

/// The channels a configuration text makes, with `settings` relative to `folder`.
func channels(_ text: String, in folder: TemporaryFolder) throws -> [MessageChannelKind: any MessageChannel] {
    let (configuration, problems) = configuration(text, in: folder)
    guard problems.isEmpty else { throw ConfigurationFailure(problems: problems) }
    return try configuration.channels()
}

struct ConfigurationFailure: Error {
    let problems: [String]
}

/// What a configuration text says, and its problems as `pointer: message`.
func configuration(
    _ text: String, in folder: TemporaryFolder = TemporaryFolder()
) -> (MessagingConfiguration, problems: [String]) {
    let reader = ConfigurationReader(file: folder.file("service.json5"), bytes: Array(text.utf8))
    let configuration = MessagingConfiguration(reader: reader)
    reader.finish()
    return (configuration, reader.problems.map { "\($0.pointer): \($0.message)" })
}

extension MailSink {
    /// The channel a service would make for this server.
    func channel(password: String = "mail-secret", options: String = "", port: UInt16? = nil) throws
        -> any MessageChannel
    {
        folder.write("secret", password)
        let text = """
            { from: "helpdesk@example.org", fromName: "Help desk", smtp: { host: "localhost",
              port: \(port ?? server.port), username: "helpdesk", password: { file: "secret" },
              caFile: "\(certificates.authority)", \(options) } }
            """
        guard let channel = try channels(text, in: folder)[.email] else { throw ConfigurationFailure(problems: []) }
        return channel
    }
}

/// The SMS gateway of `Tests/Kit` and what it has.
struct SMSDouble {
    static let account = "AC00000000000000000000000000000000"
    let server: KitServer
    let folder = TemporaryFolder()

    init() throws {
        server = try KitServer("sms-gateway.py")
    }

    func twilio(secret: String = "sms-secret", from: String = "+12025550199") throws -> any MessageChannel {
        try channel(
            """
            from: "\(from)", countries: ["+1"], twilio: { account: "\(Self.account)", token: { file: "secret" },
              url: "http://127.0.0.1:\(server.port)" }
            """, secret: secret)
    }

    func channel(_ sms: String, secret: String = "sms-secret") throws -> any MessageChannel {
        folder.write("secret", secret)
        let text = "{ from: \"a@example.org\", files: { folder: \"mail\" }, sms: { \(sms) } }"
        guard let channel = try channels(text, in: folder)[.sms] else { throw ConfigurationFailure(problems: []) }
        return channel
    }

    /// What it has taken, as JSON.
    func messages() throws -> [JSON] {
        let answer = try runSuccessfully(
            "curl", ["-s", "-m", "5", "http://127.0.0.1:\(server.port)/_double/messages"])
        guard case .array(let messages) = try JSON.parse(answer.stdout) else { return [] }
        return messages
    }
}

func rendered(
    _ id: String = "m1", to: String, text: String = "Hello", subject: String = "Subject",
    channel: MessageChannelKind = .email
) -> RenderedMessage {
    RenderedMessage(
        id: OutboxMessage.code(id).id, kind: .accessCode, channel: channel,
        content: MessageContent(to: to, subject: subject, text: text), created: Timestamp(seconds: 1_795_254_300))
}

/// How a delivery failed; `nil` when it did not.
func failure(_ channel: any MessageChannel, _ message: RenderedMessage) async -> DeliveryError? {
    do throws(DeliveryError) {
        try await channel.deliver(message)
        return nil
    } catch {
        return error
    }
}

/// What a check finds; `nil` when all is well.
func finding(_ channel: any MessageChannel) async -> DeliveryError? {
    do throws(DeliveryError) {
        try await channel.check()
        return nil
    } catch {
        return error
    }
}
