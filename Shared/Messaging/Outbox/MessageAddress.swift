import Model
import Transport

extension MessageChannelKind {
    /// Whether messages can go to this number (E.164) or mail address at all.
    public func takes(_ address: String) -> Bool { isAddress(address, of: self) }
}

/// Whether a message of that kind can be sent there at all.
func isAddress(_ text: String, of channel: MessageChannelKind) -> Bool {
    switch channel {
    case .sms: E164.isNumber(text)
    case .email: (try? MailAddress(text)) != nil
    }
}
