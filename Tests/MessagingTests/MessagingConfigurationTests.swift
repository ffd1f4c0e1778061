import Configuration
import Model
import TestSupport
import Testing

@testable import Messaging

@Suite struct MessagingConfigurationTests {
    @Test func `the smallest configuration sends mail to files and no SMS`() throws {
        let (configuration, problems) = configuration("{from: 'a@example.org', files: {folder: 'messages'}}")
        #expect(problems == [])
        #expect(configuration.product == "Latchkey")
        #expect(Set(try configuration.channels().keys) == [.email])
        #expect(configuration.smsPolicy(limits: SecurityLimits()).allowedPrefixes == [])
    }

    /// RL-04: the sender's own country unless others are named; the budget is the service's limit.
    @Test func `SMS go to the sender's country unless others are named`() throws {
        let text = "{from: 'a@example.org', files: {folder: 'm'}, sms: {from: '+4915112345678', files: {folder: 's'}}}"
        var limits = SecurityLimits()
        let isLegal = limits.set(SecurityLimits.smsPerDay, to: 7)
        #expect(isLegal)
        let policy = configuration(text).0.smsPolicy(limits: limits)
        #expect(policy == SMSPolicy(allowedPrefixes: ["+49"], dailyBudget: 7))
        let (named, problems) = configuration(
            "{from: 'a@example.org', files: {folder: 'm'}, sms: {from: 'Desk', countries: ['+1', '+41'], files: {folder: 's'}}}"
        )
        #expect(problems == [])
        #expect(named.smsPolicy(limits: SecurityLimits()).allowedPrefixes == ["+1", "+41"])
        #expect(Set(try named.channels().keys) == [.email, .sms])
    }

    @Test func `a secret that is not there is an error with its path`() throws {
        let folder = TemporaryFolder()
        let text = """
            {from: 'a@example.org', smtp: {host: 'mail.example.org', username: 'u', password: {file: 'missing'}}}
            """
        #expect(throws: SecretError.self) { try channels(text, in: folder) }
    }

    @Test(arguments: [
        ("{from: 'a@example.org'}", ": needs one of smtp and files"),
        ("{from: 'a@example.org', files: {folder: 'm'}, smtp: {host: 'h'}}", ": needs one of smtp and files"),
        ("{from: 'a b@example.org', files: {folder: 'm'}}", "/from: is not a mail address"),
        ("{from: 'a@example.org', fromName: 'a\\nb', files: {folder: 'm'}}", "/fromName: has a control character"),
        ("{from: 'a@example.org', product: 'a\\tb', files: {folder: 'm'}}", "/product: has a control character"),
        ("{from: 'a@example.org', smtp: {host: 'h', username: 'u'}}", "/smtp: username and password go together"),
        (
            "{from: 'a@example.org', smtp: {host: 'h.example.org', security: 'none'}}",
            "/smtp: mail leaves this machine only over TLS"
        ),
        (
            "{from: 'a@example.org', smtp: {host: 'h/x'}}",
            "/smtp: the mail server's host is not a host name or address"
        ),
        ("{from: 'a@example.org', smtp: {host: 'h', helo: 'a b'}}", "/smtp: the name for EHLO is not a host name"),
    ])
    func `each mistake about mail is reported where it stands`(text: String, problem: String) {
        #expect(configuration(text).problems == [problem])
    }

    @Test(arguments: [
        ("from: '+12025550199'", "/sms: needs one of twilio, gateway and files"),
        ("from: 'Desk', files: {folder: 's'}", "/sms/countries: must be there when the sender is no number"),
        (
            "from: 'Desk', countries: ['49'], files: {folder: 's'}",
            "/sms/countries: 49 is not the beginning of a number such as +49"
        ),
        (
            "from: '+12025550199', twilio: {account: 'AC', token: {env: 'T'}, url: 'http://sms.example.org'}",
            "/sms/twilio/url: must be https, or http to this machine"
        ),
        (
            "from: '+12025550199', gateway: {url: 'http://127.0.0.1.example.org/{to}{text}'}",
            "/sms/gateway/url: must be https, or http to this machine"
        ),
        (
            "from: '+12025550199', gateway: {url: 'https://sms.example.org/?to={to}', body: 'x'}",
            "/sms/gateway: needs {text} in url or body"
        ),
        (
            "from: '+12025550199', gateway: {url: 'https://sms.example.org/', encoding: 'json', body: '{to} {text}'}",
            "/sms/gateway/body: is not JSON once filled in"
        ),
    ])
    func `each mistake about SMS is reported where it stands`(sms: String, problem: String) {
        let text = "{from: 'a@example.org', files: {folder: 'm'}, sms: {\(sms)}}"
        #expect(configuration(text).problems == [problem])
    }
}
