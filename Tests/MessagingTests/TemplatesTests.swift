import Model
import TestSupport
import Testing

@testable import Messaging

@Suite struct TemplatesTests {
    private static let values = [
        "login": "jane.doe", "store": "Staff", "password": "Kq7mWx2pRt9vBn4z", "mustChange": "true",
        "code": "31415926", "minutes": "10", "action": "resetPassword", "factor": "authenticator",
        "types": "authenticator,mobile",
        "otherLogin": "c.jane.doe", "otherStore": "Contractors",
        "link": "https://desk.example.org/reset#3f8Zk1v0Q2m7Yc5Xn9Rb4Wd6Tg1Hj0Lp2Us8Ea5Vo3I",
    ]
    private let noon = Timestamp(seconds: 1_795_262_400)

    private func message(
        _ kind: MessageKind, _ channel: MessageChannelKind, in language: MessageLanguage = .english,
        changing changes: [String: String] = [:]
    ) -> OutboxMessage {
        var fields: [String: String] = [:]
        for field in kind.fields { fields[field.rawValue] = changes[field.rawValue] ?? Self.values[field.rawValue] }
        var message = OutboxMessage(
            id: OutboxMessage.code("m1").id, kind: kind, channel: channel,
            address: channel == .sms ? "+12025550100" : "jane@example.org", fields: fields)
        message.language = language.rawValue
        return message
    }

    @Test(arguments: MessageKind.allCases, MessageLanguage.allCases)
    func `every kind in every language renders with only its declared fields`(
        kind: MessageKind, language: MessageLanguage
    ) throws {
        let templates = try Templates(product: "Door")
        for channel in MessageChannelKind.allCases {
            let whole = message(kind, channel, in: language)
            let content = try templates.render(whole, at: noon)
            #expect(content.language == language)
            for text in [content.subject, content.text, content.html ?? ""] {
                #expect(!text.contains("{") && !text.contains("}"))
            }
            for field in kind.fields {
                var fields = whole.fields
                fields[field.rawValue] = nil
                let lacking = OutboxMessage(
                    id: whole.id, kind: kind, channel: channel, address: whole.address, fields: fields)
                #expect(throws: TemplateError.missingField(kind, field)) { try templates.render(lacking, at: noon) }
            }
        }
    }

    @Test(arguments: MessageKind.allCases, MessageLanguage.allCases)
    func `a mail says in plain text and as a page what its kind declares`(
        kind: MessageKind, language: MessageLanguage
    ) throws {
        let content = try Templates(product: "Door").render(message(kind, .email, in: language), at: noon)
        let html = try #require(content.html)
        #expect(content.subject.hasPrefix("Door: "))
        #expect(content.text.hasSuffix("\n\nDoor\n"))
        for field in kind.fields where field.values == nil {
            let value = try #require(Self.values[field.rawValue])
            #expect(content.text.contains(value))
            #expect(html.contains(value))
        }
        #expect(try Templates(product: "Door").subject(of: kind, language.rawValue) == content.subject)
        #expect(content.text.split(separator: "\n").allSatisfy { $0.utf8.count < 400 })
        #expect(html.contains("<html lang=\"\(language.rawValue)\">"))
        #expect(HTMLCheck.faults(in: html) == [])
    }

    @Test(arguments: MessageKind.allCases, MessageLanguage.allCases)
    func `every kind fits one SMS of the GSM alphabet`(kind: MessageKind, language: MessageLanguage) throws {
        for factor in AuthenticationType.allCases {
            for action in HelpdeskAction.allCases {
                let changes = ["factor": factor.rawValue, "action": action.rawValue]
                let content = try Templates().render(message(kind, .sms, in: language, changing: changes), at: noon)
                #expect(content.subject == "")
                #expect(content.html == nil)
                #expect(content.text.hasPrefix("Latchkey: "))
                #expect(content.text.unicodeScalars.count <= 160, "\(content.text)")
                #expect(content.text.unicodeScalars.allSatisfy(isGSM), "\(content.text)")
            }
        }
    }

    @Test func `the words are in the language the reader prefers, else in the service's own`() throws {
        let templates = try Templates(standard: .spanish)
        func subject(_ preference: String?) throws -> String {
            var message = message(.passwordReset, .email)
            message.language = preference
            return try templates.render(message, at: noon).subject
        }
        #expect(try subject("de-AT") == "Latchkey: Ihr Passwort wurde zurückgesetzt")
        #expect(try subject("fr, en;q=0.4") == "Latchkey: your password was reset")
        #expect(try subject("fr") == "Latchkey: se restableció su contraseña")
        #expect(try subject(nil) == "Latchkey: se restableció su contraseña")
    }

    /// IN-05: a value is text in the page too, whatever it holds.
    @Test func `values are escaped in the page and as they are in the text`() throws {
        let nasty = "<img src=x onerror='a'>&\"</title>"
        let content = try Templates().render(
            message(.passwordReset, .email, changing: ["login": nasty, "store": "A & B"]), at: noon)
        let html = try #require(content.html)
        #expect(content.text.contains(nasty))
        #expect(html.contains("&lt;img src=x onerror=&#39;a&#39;&gt;&amp;&quot;&lt;/title&gt;"))
        #expect(html.contains("A &amp; B"))
        #expect(!html.contains("<img"))
    }

    @Test(arguments: MessageKind.allCases, MessageLanguage.allCases)
    func `a preview shows the message with samples`(kind: MessageKind, language: MessageLanguage) throws {
        let preview = try Templates().preview(kind, in: language, at: noon)
        #expect(preview.subject.hasPrefix("Latchkey: "))
        for text in [preview.text, preview.html, preview.sms] { #expect(!text.isEmpty && !text.contains("{")) }
    }

    /// AC-07: what it is for, whom to read it to, what to do if nobody called.
    @Test func `an access code says what it is for and what to do when nobody called`() throws {
        for channel in MessageChannelKind.allCases {
            let reset = try Templates().render(message(.accessCode, channel), at: noon).text
            #expect(reset.contains("ou called the help desk to reset your password. Read this code to the agent"))
            #expect(reset.contains("31415926"))
            #expect(reset.contains("Not you?") || reset.contains("You did not call?"))
            let unlock = try Templates().render(
                message(.accessCode, channel, changing: ["action": "unlockAccount"]), at: noon)
            #expect(unlock.text.contains("unlock your account"))
        }
    }

    @Test func `the time of the act stands in a notice`() throws {
        let text = try Templates().render(message(.passwordReset, .email), at: noon).text
        #expect(text.contains("at 2026-11-21 12:00 UTC"))
    }

    @Test func `a brace in a value is a brace`() throws {
        let text = try Templates().render(message(.newPassword, .email, changing: ["password": "{code}{"]), at: noon)
        #expect(text.text.contains("\n    {code}{\n"))
    }

    @Test(arguments: ["a\r\nb", "a\nb", "\u{0}", "\u{7F}", "a\u{1B}[2J", "\t"])
    func `a control character in a value is refused`(value: String) throws {
        let templates = try Templates()
        #expect(throws: TemplateError.controlCharacter(.login)) {
            try templates.render(message(.passwordReset, .email, changing: ["login": value]), at: noon)
        }
    }

    @Test func `a field too few, too many or of no known value is refused`() throws {
        let templates = try Templates()
        let good = message(.factorLocked, .email)
        func changed(_ change: (inout [String: String]) -> Void) -> OutboxMessage {
            var fields = good.fields
            change(&fields)
            return OutboxMessage(
                id: good.id, kind: good.kind, channel: good.channel, address: good.address, fields: fields)
        }
        #expect(throws: TemplateError.missingField(.factorLocked, .login)) {
            try templates.render(changed { $0["login"] = nil }, at: noon)
        }
        for extra in ["password", "product", "time", "nonsense"] {
            #expect(throws: TemplateError.unknownField(.factorLocked, extra)) {
                try templates.render(changed { $0[extra] = "x" }, at: noon)
            }
        }
        #expect(throws: TemplateError.unknownValue(.factor)) {
            try templates.render(changed { $0["factor"] = "fingerprint" }, at: noon)
        }
    }

    @Test func `a template that does not fit its kind stops the start`() {
        func start(_ words: any MessageWords.Type) -> TemplateError? {
            do throws(TemplateError) {
                _ = try Templates(product: "P", words: words)
                return nil
            } catch {
                return error
            }
        }
        #expect(start(UnknownField.self) == .unknownField(.accessCode, "login"))
        #expect(start(MissingField.self) == .missingField(.accessCode, .code))
        #expect(start(OpenBrace.self) == .unbalancedBraces(.accessCode))
        #expect(start(ClosedBrace.self) == .unbalancedBraces(.accessCode))
        #expect(start(FieldInSubject.self) == .unknownField(.accessCode, "minutes"))
        #expect(start(NoPhrase.self) == .missingPhrase(.mustChange, value: "true"))
    }

    /// 3GPP TS 23.038 §6.2.1: what our languages use of the default alphabet, and takes one character.
    private func isGSM(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n" || (" "..."~").contains(scalar) && !"[\\]^`{|}~".unicodeScalars.contains(scalar)
            || "ÄÖÜäöüßñÑ¿¡éàèùìò".unicodeScalars.contains(scalar)
    }
}

/// English with one fault in the template of the access code.
private protocol FaultyLanguage: MessageWords {
    static var code: Template { get }
}

extension FaultyLanguage {
    static func template(for kind: MessageKind) -> Template { kind == .accessCode ? code : English.template(for: kind) }
    static func phrase(for field: MessageField, value: String) -> String? { English.phrase(for: field, value: value) }
}

private enum UnknownField: FaultyLanguage {
    static let code = Template(subject: "s", mail: "{action}{code}{minutes}{login}", sms: "{code}")
}
private enum MissingField: FaultyLanguage {
    static let code = Template(subject: "s", mail: "{action}{minutes}", sms: "{code}")
}
private enum OpenBrace: FaultyLanguage {
    static let code = Template(subject: "s", mail: "{action}{code}{minutes} {", sms: "{code}")
}
private enum ClosedBrace: FaultyLanguage {
    static let code = Template(subject: "s", mail: "} {action}{code}{minutes}", sms: "{code}")
}
private enum FieldInSubject: FaultyLanguage {
    static let code = Template(subject: "{minutes}", mail: "{action}{code}{minutes}", sms: "{code}")
}
private enum NoPhrase: MessageWords {
    static func template(for kind: MessageKind) -> Template { English.template(for: kind) }
    static func phrase(for field: MessageField, value: String) -> String? { nil }
}
