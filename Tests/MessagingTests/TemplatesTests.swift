import Model
import TestSupport
import Testing

@testable import Messaging

@Suite struct TemplatesTests {
    private static let values = [
        "login": "jane.doe", "store": "Staff", "password": "Kq7mWx2pRt9vBn4z", "mustChange": "true",
        "code": "31415926", "minutes": "10", "action": "resetPassword", "factor": "authenticator",
        "otherLogin": "c.jane.doe", "otherStore": "Contractors",
    ]
    private let noon = Timestamp(seconds: 1_795_262_400)

    private func message(
        _ kind: MessageKind, _ channel: MessageChannelKind, changing changes: [String: String] = [:]
    ) -> OutboxMessage {
        var fields: [String: String] = [:]
        for field in kind.fields { fields[field.rawValue] = changes[field.rawValue] ?? Self.values[field.rawValue] }
        return OutboxMessage(
            id: OutboxMessage.code("m1").id, kind: kind, channel: channel,
            address: channel == .sms ? "+12025550100" : "jane@example.org", fields: fields)
    }

    @Test(arguments: MessageKind.allCases)
    func `every kind is rendered for mail with all its fields and the product's name`(kind: MessageKind) throws {
        let content = try Templates(product: "Door").render(message(kind, .email), at: noon)
        #expect(content.subject.hasPrefix("Door: "))
        #expect(content.text.hasSuffix("\n\nDoor\n"))
        #expect(!content.text.contains("{") && !content.subject.contains("{"))
        for field in kind.fields where field.values == nil {
            #expect(content.text.contains(try #require(Self.values[field.rawValue])))
        }
        #expect(try Templates(product: "Door").subject(of: kind) == content.subject)
        #expect(content.text.split(separator: "\n").allSatisfy { $0.utf8.count < 400 })
    }

    @Test(arguments: MessageKind.allCases)
    func `every kind fits one SMS of the GSM alphabet`(kind: MessageKind) throws {
        for factor in AuthenticationType.allCases {
            for action in HelpdeskAction.allCases {
                let changes = ["factor": factor.rawValue, "action": action.rawValue]
                let content = try Templates().render(message(kind, .sms, changing: changes), at: noon)
                #expect(content.subject == "")
                #expect(content.text.hasPrefix("Latchkey: "))
                #expect(content.text.unicodeScalars.count <= 160, "\(content.text)")
                #expect(content.text.unicodeScalars.allSatisfy(isGSM), "\(content.text)")
            }
        }
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
        func start(_ language: (some MessageLanguage).Type) -> TemplateError? {
            do throws(TemplateError) {
                _ = try Templates(product: "P", language: language)
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

    /// 3GPP TS 23.038 §6.2.1: the part of the default alphabet that ASCII has and that takes one character.
    private func isGSM(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n" || (" "..."~").contains(scalar) && !"[\\]^`{|}~".unicodeScalars.contains(scalar)
    }
}

/// English with one fault in the template of the access code.
private protocol FaultyLanguage: MessageLanguage {
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
private enum NoPhrase: MessageLanguage {
    static func template(for kind: MessageKind) -> Template { English.template(for: kind) }
    static func phrase(for field: MessageField, value: String) -> String? { nil }
}
