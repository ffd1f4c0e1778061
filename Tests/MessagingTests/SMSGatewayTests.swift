import Model
import StrictJSON
import TestSupport
import Testing

@testable import Messaging

@Suite struct SMSGatewayTests {
    private static let text = "Türcode & 100% +1 {secret}"

    private func sms(_ number: String = "+12025550100", text: String = text) -> RenderedMessage {
        rendered(to: number, text: text, subject: "", channel: .sms)
    }

    @Test func `Twilio gets recipient, sender and text as they are`() async throws {
        let double = try SMSDouble()
        #expect(await failure(try double.twilio(), sms()) == nil)
        let message = try #require(try double.messages().first)
        #expect(message["to"] == "+12025550100")
        #expect(message["from"] == "+12025550199")
        #expect(message["body"] == .string(Self.text))
    }

    @Test(arguments: [
        ("40", DeliveryError.permanent(reason: "twilio_21211")), ("41", .misconfigured(reason: "twilio_20003")),
        ("49", .temporary(reason: "twilio_20429", retryAfter: .seconds(7))),
        ("50", .temporary(reason: "twilio_20500")), ("54", .temporary(reason: "twilio_answer_unreadable")),
        ("66", .temporary(reason: "unreachable")),
    ])
    func `each fault of a gateway is temporary or permanent as it should be`(
        ending: String, wanted: DeliveryError
    ) async throws {
        let double = try SMSDouble()
        #expect(await failure(try double.twilio(), sms("+120255501\(ending)")) == wanted)
        #expect(try double.messages().isEmpty)
    }

    @Test func `a wrong token waits for the administrator and a silent gateway is temporary`() async throws {
        let double = try SMSDouble()
        #expect(await failure(try double.twilio(secret: "wrong"), sms()) == .misconfigured(reason: "twilio_20003"))
        let channel = try double.twilio()
        try double.server.stop()
        #expect(await failure(channel, sms()) == .temporary(reason: "unreachable"))
    }

    @Test func `a check asks for the account and sends nothing`() async throws {
        let double = try SMSDouble()
        #expect(await finding(try double.twilio()) == nil)
        #expect(await finding(try double.twilio(secret: "wrong")) == .misconfigured(reason: "twilio_20003"))
        #expect(try double.messages().isEmpty)
    }

    @Test func `a gateway with a form gets the values encoded and its secret in a field`() async throws {
        let double = try SMSDouble()
        let channel = try double.channel(
            """
            from: "Desk&Co", countries: ["+1"], gateway: { url: "http://127.0.0.1:\(double.server.port)/plain/send",
              headers: { "X-Key": "key {secret}" }, body: "to={to}&text={text}&from={from}&ref={id}",
              secret: { file: "secret" } }
            """)
        #expect(await failure(channel, sms()) == nil)
        let message = try #require(try double.messages().first)
        #expect(
            message["body"]
                == "to=%2B12025550100&text=T%C3%BCrcode%20%26%20100%25%20%2B1%20%7Bsecret%7D&from=Desk%26Co&ref=m1")
        #expect(message["fields"]?["X-Key"] == "key sms-secret")
        #expect(message["fields"]?["Content-Type"] == "application/x-www-form-urlencoded")
    }

    @Test func `a gateway with JSON gets strings that stay strings`() async throws {
        let double = try SMSDouble()
        let channel = try double.channel(
            #"""
            from: "+12025550199", gateway: { url: "http://127.0.0.1:\#(double.server.port)/plain", encoding: "json",
              body: '{"to": ["{to}"], "text": "{text}", "kind": {"a": 1}}' }
            """#)
        let text = "\", \"x\": \"\\ \u{2028} Grüße"
        #expect(await failure(channel, sms(text: text)) == nil)
        guard case .string(let body)? = try double.messages().first?["body"] else {
            Issue.record("no body")
            return
        }
        let object = try JSON.parse(Array(body.utf8))
        #expect(object["to"] == ["+12025550100"])
        #expect(object["text"] == .string(text))
        #expect(object["x"] == nil)
    }

    @Test func `a gateway with everything in the URL gets it encoded`() async throws {
        let double = try SMSDouble()
        let channel = try double.channel(
            """
            from: "12345", countries: ["+1"], gateway: { method: "GET", secret: { file: "secret" },
              url: "http://localhost:\(double.server.port)/plain?p={secret}&to={to}&text={text}&n=1" }
            """, secret: "a b&c")
        #expect(await failure(channel, sms(text: "a&b=c")) == nil)
        let message = try #require(try double.messages().first)
        #expect(message["target"] == "/plain?p=a%20b%26c&to=%2B12025550100&text=a%26b%3Dc&n=1")
    }

    @Test(arguments: [("40", "permanent"), ("41", "misconfigured"), ("49", "temporary"), ("50", "temporary")])
    func `a status of any gateway is judged the same`(ending: String, wanted: String) async throws {
        let double = try SMSDouble()
        let channel = try double.channel(
            """
            from: "+12025550199", gateway: { url: "http://127.0.0.1:\(double.server.port)/plain",
              body: "text={text}&to={to}" }
            """)
        let error = try #require(await failure(channel, sms("+120255501\(ending)")))
        switch error {
        case .permanent(let reason):
            #expect(wanted == "permanent" && reason == "gateway_http_400")
        case .misconfigured(let reason): #expect(wanted == "misconfigured" && reason == "gateway_http_401")
        case .temporary(let reason, let span):
            #expect(wanted == "temporary" && ["gateway_http_429", "gateway_http_500"].contains(reason))
            #expect(span == (ending == "49" ? .seconds(7) : nil))
        }
    }
}
