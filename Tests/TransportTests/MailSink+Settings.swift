import Model
import TestSupport

@testable import Transport

extension MailSink {
    func settings(
        security: SMTPSettings.Security = .startTLS, password: String? = "mail-secret", port: UInt16? = nil
    ) throws -> SMTPSettings {
        var settings = try SMTPSettings(host: "localhost", port: port ?? server.port, security: security, helo: "lk")
        settings.caFile = certificates.authority
        settings.deadline = .seconds(10)
        if let password {
            settings.username = "helpdesk"
            settings.password = Secret(password)
        }
        return settings
    }
}

func mail(
    to: String = "jane@example.org", subject: String = "Hello", text: String = "Hello.\n", id: String = "m1@example.org"
) throws -> MailMessage {
    try MailMessage(
        from: MailAddress("helpdesk@example.org", name: "Help desk"), to: MailAddress(to),
        content: MailContent(subject: subject, text: text), messageID: id,
        date: Timestamp(seconds: 1_795_254_300))
}
