import Configuration
import Model
import Transport

/// How a service sends messages, as its configuration says.
///
/// ```json5
/// {
///   product: "Latchkey",                       // what messages call it
///   language: "en",                            // for people of whom no other is known: en, de or es
///   templates: "templates",                    // a folder with texts in place of the product's own
///   from: "helpdesk@example.org", fromName: "Help desk",
///   smtp: { host: "mail.example.org", port: 587, security: "startTLS", username: "helpdesk",
///           password: { file: "smtp.secret" } },
///   // or, for a sample set-up:  files: { folder: "messages" },
///   sms: { from: "+12025550100", countries: ["+1"], twilio: { account: "AC...", token: { file: "sms.secret" } } },
/// }
/// ```
public struct MessagingConfiguration: Sendable {
    /// What messages call this product.
    public let product: String
    /// The language of people of whom no other is known.
    public let language: MessageLanguage
    /// Texts in place of the product's own.
    let overrides: [TemplateOverride]
    /// How mail leaves.
    let mail: MailRoute
    /// How SMS leave; `nil` when there are none.
    let sms: SMSRoute?

    /// Reads the settings; every problem is reported to the reader.
    public init(reader: ConfigurationReader) {
        product = reader.string("product", default: "Latchkey", length: 1...40)
        if product.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            reader.report("has a control character", at: "product")
        }
        language = reader.choice("language", default: .english)
        overrides = Self.overrides(reader)
        mail = MailRoute(reader: reader)
        sms = reader.optionalObject("sms").map { SMSRoute(reader: $0) }
    }

    /// The words of the messages.
    public func templates() throws(TemplateError) -> Templates {
        try Templates(product: product, standard: language, overrides: overrides)
    }

    /// Every file is read and checked; everything that is wrong with any of them is reported with its line.
    private static func overrides(_ reader: ConfigurationReader) -> [TemplateOverride] {
        var overrides: [TemplateOverride] = []
        for file in reader.textFiles(inFolder: "templates") {
            guard let override = TemplateOverride(file: file.name, text: file.text) else {
                reader.report("the name " + TemplateOverride.nameRule, in: file.path)
                continue
            }
            for fault in override.faults { reader.report(fault.sentence, in: file.path, line: fault.line) }
            overrides.append(override)
        }
        return overrides
    }

    /// Where SMS may go: the countries named, else the sender's own (RL-04).
    public func smsPolicy(limits: SecurityLimits) -> SMSPolicy {
        SMSPolicy(allowedPrefixes: sms?.countries ?? [], dailyBudget: limits[SecurityLimits.smsPerDay])
    }

    /// Fetches the secrets and opens the ways out. Nothing is sent.
    public func channels() throws(SecretError) -> [MessageChannelKind: any MessageChannel] {
        var channels: [MessageChannelKind: any MessageChannel] = [.email: try mail.channel()]
        if let sms { channels[.sms] = try sms.channel() }
        return channels
    }
}
