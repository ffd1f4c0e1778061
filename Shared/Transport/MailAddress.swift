/// A mailbox: an address and perhaps a name to show with it (RFC 5322 §3.4).
public struct MailAddress: Sendable, Equatable {
    /// `local@domain`, ASCII.
    public let address: String
    /// The name shown with it.
    public let name: String?

    /// Takes an address of at most 254 bytes: a dot-atom, `@`, a domain name (RFC 5321 §4.1.2, without quoted local
    /// parts, address literals and internationalized addresses).
    public init(_ address: String, name: String? = nil) throws(MailMessageError) {
        guard isMailbox(address) else { throw .badAddress }
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

    /// As it stands in a header: `Help desk <helpdesk@example.org>`.
    var headerText: String {
        guard let name, !name.isEmpty else { return "<\(address)>" }
        let phrase = EncodedWord.text(name, isPhrase: true)
        let isLong = phrase.utf8.count + address.utf8.count > 60
        return phrase + (isLong ? "\r\n <\(address)>" : " <\(address)>")
    }
}

private func isMailbox(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count <= 254, let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return false }
    let local = bytes[..<at]
    let domain = bytes[(at + 1)...]
    return (1...64).contains(local.count) && isDotted(local, isAtomByte) && isDotted(domain, isDomainByte)
}

/// One or more non-empty runs of legal bytes with single dots between them.
private func isDotted(_ bytes: ArraySlice<UInt8>, _ isLegal: (UInt8) -> Bool) -> Bool {
    bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
        !label.isEmpty && label.first != UInt8(ascii: "-") && label.allSatisfy(isLegal)
    }
}

private func isAtomByte(_ byte: UInt8) -> Bool {
    isDomainByte(byte) || "!#$%&'*+/=?^_`{|}~".utf8.contains(byte)
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
