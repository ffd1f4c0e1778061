/// A name for one record, opaque to everybody but the code that made it.
///
/// The text is 1 to 64 characters of `A-Z a-z 0-9 _ -`, so that it can stand in a URL path, a log line and a file
/// name without escaping. `Kind` keeps a session's id from being taken for a verification's.
public struct Identifier<Kind>: Hashable, Sendable, CustomStringConvertible {
    /// The text as it travels.
    public let text: String

    /// Takes the text of an id that came from outside; `nil` when it cannot be one.
    public init?(_ text: some StringProtocol) {
        let bytes = text.utf8
        guard (1...64).contains(bytes.count), bytes.allSatisfy(isIdentifierByte) else { return nil }
        self.text = String(text)
    }

    /// Takes the text of an id that came from outside; `nil` when it cannot be one. The same as for any other kind of
    /// text, without the cost of not knowing which: every request id and every id of a path comes through here.
    public init?(_ text: String) {
        var copy = text
        let isLegal = copy.withUTF8 { (1...64).contains($0.count) && $0.allSatisfy(isIdentifierByte) }
        guard isLegal else { return nil }
        self.text = copy
    }

    /// A new id of 128 random bits, as 32 hexadecimal digits.
    public init(randomBytes bytes: [UInt8]) {
        text = bytes.map { hexadecimal($0) }.joined()
    }

    /// The text as it travels.
    public var description: String { text }
}

private func isIdentifierByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
    default:
        false
    }
}

private func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return digits.utf8.count == 1 ? "0" + digits : digits
}

/// Marks for `Identifier`; they have no values.
public enum SessionKind {}
/// Marks the id of one verification.
public enum VerificationKind {}
/// Marks the id of one reset or unlock over one or several accounts.
public enum OperationKind {}
/// Marks the id of one enrolled or directory address.
public enum ContactIDKind {}
/// Marks the id of one security question of a pool.
public enum QuestionKind {}
/// Marks the id of one message on its way to a person.
public enum MessageIDKind {}
/// Marks the id of one request to enroll, sent to many people.
public enum NoticeKind {}
/// Marks the id of one link with which an owner sets a password.
public enum SecureLinkKind {}
/// Marks the id of one identity store.
public enum StoreKind {}
/// Marks the name of one role.
public enum RoleKind {}

/// One session of a signed-in person.
public typealias SessionID = Identifier<SessionKind>
/// One caller being proved for one account, one action, one operator.
public typealias VerificationID = Identifier<VerificationKind>
/// One reset or unlock over one or several accounts.
public typealias OperationID = Identifier<OperationKind>
/// One address a message can be sent to.
public typealias ContactID = Identifier<ContactIDKind>
/// One security question of a pool.
public typealias QuestionID = Identifier<QuestionKind>
/// One message on its way to a person.
public typealias MessageID = Identifier<MessageIDKind>
/// One request to enroll, sent to many people.
public typealias NoticeID = Identifier<NoticeKind>
/// One link with which an owner sets a password.
public typealias SecureLinkID = Identifier<SecureLinkKind>
/// One identity store, as its configuration names it.
public typealias StoreID = Identifier<StoreKind>
/// One role, as its configuration names it.
public typealias RoleID = Identifier<RoleKind>
