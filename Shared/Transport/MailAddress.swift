/// A mailbox: an address and perhaps a name to show with it (RFC 5322 §3.4).
public struct MailAddress: Sendable, Equatable {
    /// `local@domain`; the domain in ASCII, the local part as its owner writes it.
    public let address: String
    /// The name shown with it.
    public let name: String?

    /// Takes an address of at most 254 bytes: a dot-atom, `@`, a domain name (RFC 5321 §4.1.2, without quoted local
    /// parts and address literals), both perhaps with other letters than ASCII (RFC 6531 §3.3).
    public init(_ text: String, name: String? = nil) throws(MailMessageError) {
        guard let address = mailbox(text) else { throw .badAddress }
        if let name {
            guard hasNoControls(name) else { throw .controlCharacter(field: "name") }
        }
        self.address = address
        self.name = name
    }

    /// What stands after the `@`.
    public var domain: String {
        address.split(separator: "@").last.map { String($0) } ?? ""
    }

    /// Whether only a server that knows SMTPUTF8 can take it (RFC 6531 §3.4): no other form of a local part means the same.
    public var isInternational: Bool { !address.utf8.allSatisfy { $0 < 0x80 } }

    /// As it stands in a header: `Help desk <helpdesk@example.org>`.
    var headerText: String {
        guard let name, !name.isEmpty else { return "<\(address)>" }
        let phrase = EncodedWord.text(name, isPhrase: true)
        let isLong = phrase.utf8.count + address.utf8.count > 60
        return phrase + (isLong ? "\r\n <\(address)>" : " <\(address)>")
    }
}

private func mailbox(_ text: String) -> String? {
    guard let at = text.utf8.lastIndex(of: UInt8(ascii: "@")), let local = String(text.utf8[..<at]),
        let name = String(text.utf8[text.utf8.index(after: at)...])
    else { return nil }
    guard let domain = name.utf8.allSatisfy({ $0 < 0x80 }) ? name : InternationalDomain.ascii(name) else { return nil }
    let isLegal =
        (1...64).contains(local.utf8.count) && local.utf8.count + domain.utf8.count < 254
        && local.unicodeScalars.allSatisfy(isLocalScalar) && isDotted(Array(local.utf8)[...], isAtomByte)
        && isDotted(Array(domain.utf8)[...], isDomainByte)
    return isLegal ? "\(local)@\(domain)" : nil
}

/// RFC 6531 §3.3 allows every scalar above ASCII; those that are not seen, or turn the direction of what stands around
/// them, make one address look like another and are refused.
private func isLocalScalar(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return true }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .privateUse, .surrogate, .unassigned:
        return false
    default: return true
    }
}

/// One or more non-empty runs of legal bytes with single dots between them.
private func isDotted(_ bytes: ArraySlice<UInt8>, _ isLegal: (UInt8) -> Bool) -> Bool {
    bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
        !label.isEmpty && label.first != UInt8(ascii: "-") && label.allSatisfy(isLegal)
    }
}

private func isAtomByte(_ byte: UInt8) -> Bool {
    byte >= 0x80 || isDomainByte(byte) || "!#$%&'*+/=?^_`{|}~".utf8.contains(byte)
}

private func isDomainByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
        true
    default:
        false
    }
}
