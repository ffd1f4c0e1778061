import Configuration
import Model
import TestSupport
import Testing

@testable import Messaging

@Suite struct TemplateOverrideTests {
    private let noon = Timestamp(seconds: 1_795_262_400)

    /// A service's messages with these files in its template folder, and the problems as `file: message`.
    private func messaging(_ files: [String: String]) -> (MessagingConfiguration, problems: [String]) {
        let folder = TemporaryFolder()
        for (name, text) in files { folder.write(name, text) }
        let text = "{from: 'a@example.org', files: {folder: 'm'}, language: 'de', templates: '\(folder.path)'}"
        let reader = ConfigurationReader(file: "service.json5", bytes: Array(text.utf8))
        let configuration = MessagingConfiguration(reader: reader)
        reader.finish()
        let start = folder.path + "/"
        return (configuration, reader.problems.map { $0.description.replacing(start, with: "") })
    }

    private func reset(_ language: String) -> OutboxMessage {
        var message = OutboxMessage.notice("m1")
        message.language = language
        return message
    }

    @Test func `one text is replaced and the rest stays the product's own`() throws {
        let (configuration, problems) = messaging([
            "accountUnlocked.de.mail.txt": "Konto {login} ({store}) ist offen.\n",
            "accountUnlocked.de.subject.txt": "{product}: offen\n",
            ".accountUnlocked.de.mail.txt.swp": "{nonsense",
        ])
        #expect(problems == [])
        let templates = try configuration.templates()
        let german = try templates.render(reset("de"), at: noon)
        #expect(german.subject == "Latchkey: offen")
        #expect(german.text == "Konto jdoe (Staff) ist offen.\n")
        #expect(german.html?.contains("Konto jdoe (Staff) ist offen.") == true)
        #expect(try templates.preview(.accountUnlocked, in: .german, at: noon).sms.contains("entsperrt"))
        #expect(try templates.render(reset("en"), at: noon).subject == "Latchkey: your account was unlocked")
        #expect(try templates.render(reset("fr"), at: noon).subject == "Latchkey: offen")
    }

    @Test func `a page of one's own is used as it is`() throws {
        let page = """
            <!DOCTYPE html>
            <html><head><meta charset="utf-8"></head><body style="color:#111">
            <p>{login} {store}</p><a href="https://intranet.example.org/?a=1&amp;b=2">Help</a><br/></body></html>
            """
        let (configuration, problems) = messaging(["accountUnlocked.en.mail.html": page])
        #expect(problems == [])
        let html = try configuration.templates().render(reset("en"), at: noon).html
        #expect(html == page.replacing("{login}", with: "jdoe").replacing("{store}", with: "Staff"))
    }

    @Test func `every fault of every file is reported with its line, and nothing starts`() {
        let (_, problems) = messaging([
            "accessCode.de.mail.txt": "{code}\n{minutes} {kode}\n{action} }\n",
            "accessCode.de.sms.txt": "{product}",
            "accessCode.de.subject.txt": "one\ntwo {code}\n",
            "accessCode.fr.mail.txt": "x",
            "newPassword.en.mail.html":
                "<p>{login}{store}{password}</p>\n<img src=\"https://x.example/1.png\">{mustChange}",
            "passwordReset.es.sms.txt": "",
            "readme.txt": "x",
        ])
        let name = "the name " + TemplateOverride.nameRule
        #expect(
            Set(problems) == [
                "accessCode.de.mail.txt:2: "
                    + "there is no field {kode} here; accessCode has {action} {code} {minutes} {product} {time}",
                "accessCode.de.mail.txt:3: a brace without its other half; fields are written {name}",
                "accessCode.de.sms.txt:1: the field {code} has to stand here",
                "accessCode.de.subject.txt:1: there is a control character",
                "accessCode.de.subject.txt:2: "
                    + "there is no field {code} here; accessCode has {action} {code} {minutes} {product} {time}",
                "accessCode.fr.mail.txt: " + name,
                "newPassword.en.mail.html:2: <img> is not allowed in mail",
                "passwordReset.es.sms.txt:1: the text is empty",
                "readme.txt: " + name,
            ])
    }

    @Test func `a folder that is not there is a problem of the setting`() {
        let text = "{from: 'a@example.org', files: {folder: 'm'}, templates: 'missing'}"
        let folder = TemporaryFolder()
        #expect(
            configuration(text, in: folder).problems == [
                "/templates: the folder \(folder.file("missing")) cannot be read"
            ])
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "<img src=\"https://x.example/a.png\">", "<link rel=\"stylesheet\" href=\"x\">",
        "<style>p{}</style>", "<p style=\"background:url(https://x.example/a)\">x</p>", "<p onclick=\"a\">x</p>",
        "<a href=\"javascript:alert(1)\">x</a>", "<a href=\"http://x.example/\">x</a>", "<iframe src=\"x\"></iframe>",
        "<p style=\"background:u\\72l(x)\">x</p>", "<!-- x -->", "<svg><use href=\"x\"/></svg>",
        "<table background=\"https://x.example\">", "<meta http-equiv=\"refresh\" content=\"0;x\">", "<p", "<",
        "<p style='a'>", "<p style=\"a>", "<P STYLE=\"BACKGROUND:URL(X)\">", "<base href=\"https://x.example/\">",
        "</p onclick=\"a\">", "<p style=\"&#117;rl(x)\">", "<form action=\"x\">",
    ])
    func `what a mail program would fetch or run is refused`(page: String) {
        #expect(!HTMLCheck.faults(in: page).isEmpty)
    }
}
