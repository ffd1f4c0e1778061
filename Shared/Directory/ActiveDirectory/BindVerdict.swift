/// What a domain controller says about a password.
///
/// RL-03: the sub-code of a refusal tells a right password from a wrong one. It decides inside, and is for the audit;
/// it never gets out.
enum BindVerdict: Sendable, Equatable {
    /// Let in.
    case accepted
    /// The password is right and has to be changed first. The directory says so only after it has compared the
    /// password.
    case mustChange
    /// Not let in.
    case refused(SignInRejection.Reason)

    /// Reads the words beside a result 49: `…, data 52e, v1db1`, a Windows error code in hexadecimal digits. One that
    /// is not known is a refusal like a wrong password.
    init(refusal message: String) {
        self =
            switch Self.subCode(message) {
            case 0x525: .refused(.unknownAccount)
            case 0x530, 0x531: .refused(.refusedByDirectory)
            case 0x532: .refused(.passwordExpired)
            case 0x533: .refused(.disabled)
            case 0x701: .refused(.accountExpired)
            case 0x773: .mustChange
            case 0x775: .refused(.locked)
            default: .refused(.wrongPassword)
            }
    }

    /// Whether the password was compared and is the right one; `nil` when the directory did not look at it.
    var provesPassword: Bool? {
        switch self {
        case .accepted, .mustChange: true
        case .refused(let reason):
            switch reason {
            case .passwordExpired, .accountExpired, .disabled, .refusedByDirectory: true
            case .wrongPassword: false
            case .unknownAccount, .locked: nil
            }
        }
    }

    private static func subCode(_ message: String) -> UInt32? {
        let mark = Array(", data ".utf8)
        let bytes = Array(message.utf8)
        guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: mark) }) else { return nil }
        let digits = bytes[(start + mark.count)...].prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: " ") }
        guard digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) else { return nil }
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
