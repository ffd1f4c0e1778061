import AuthService
import HelpdeskService
import Messaging
import Model
import Platform
import StrictJSON

extension Command {
    /// `latchkey message list`
    static let messageList = Command(
        words: ["message", "list"], positions: [], options: [.json],
        summary: "list the messages people get",
        help: "Every kind of message with the fields its templates have; {product} and {time} may stand anywhere."
    ) { arguments throws(CommandError) in
        if arguments.has("json") {
            return Console.say(
                .array(MessageKind.allCases.map { .object(["kind": .string($0.rawValue), "fields": names($0)]) }))
        }
        for kind in MessageKind.allCases {
            let fields = kind.fields.map { "{\($0.rawValue)}" }.sorted().joined(separator: " ")
            Console.say("\(kind.rawValue)  \(fields)")
        }
    }

    /// `latchkey message preview`
    static let messagePreview = Command(
        words: ["message", "preview"], positions: ["KIND"],
        options: [
            .folder,
            Command.Option(name: "language", value: "TAG", help: "en, de or es (default: as configured)"),
            Command.Option(name: "service", value: "auth|helpdesk", help: "whose templates (default: helpdesk)"),
            Command.Option(name: "html", value: nil, help: "the mail as a web page, and nothing else"), .json,
        ],
        summary: "show how a message reads",
        help: """
            Fills the templates of a message with samples: the product's own, or those of the folder that "templates" in
            the service's configuration names. Kinds are listed by: latchkey message list
            """
    ) { arguments throws(CommandError) in
        let preview = try preview(arguments)
        if arguments.has("json") { return Console.say(preview.json) }
        if arguments.has("html") { return Console.say(preview.html) }
        Console.say("Subject: \(preview.subject)\n\n\(preview.text)\nSMS: \(preview.sms)")
    }

    private static func names(_ kind: MessageKind) -> JSON {
        .array(kind.fields.map(\.rawValue).sorted().map(JSON.string))
    }

    private static func preview(_ arguments: Arguments) throws(CommandError) -> MessagePreview {
        let word = arguments.position(0) ?? ""
        guard let kind = MessageKind(rawValue: word) else {
            throw .usage("“\(word)” is no message; see: latchkey message list")
        }
        let messaging = try messaging(of: arguments)
        var language = messaging.language
        if let tag = arguments["language"] {
            guard let known = LanguagePriority(tag).lookup(in: MessageLanguage.allCases, tag: { $0.rawValue }) else {
                throw .usage("there are no messages in “\(tag)”")
            }
            language = known
        }
        do throws(TemplateError) {
            return try messaging.templates().preview(kind, in: language, at: SystemClock().now())
        } catch {
            throw .failed("\(error)")
        }
    }

    private static func messaging(of arguments: Arguments) throws(CommandError) -> MessagingConfiguration {
        let installation = Installation(folder: arguments.folder)
        switch arguments["service"] ?? "helpdesk" {
        case "helpdesk": return try installation.helpdeskConfiguration().settings.messaging
        case "auth": return try installation.authConfiguration().settings.messaging
        default: throw .usage("--service has to be auth or helpdesk")
        }
    }
}
