/// What a domain controller says against a write.
///
/// Its prose differs between versions and languages; the Windows error code it begins with does not (MS-ERREF §2.2):
/// `0000052D: Constraint violation - …`.
enum WriteRefusal {
    /// ERROR_PASSWORD_RESTRICTION: length, complexity, history or age, and the directory does not say which.
    private static let passwordRestriction: UInt32 = 0x52D
    /// ERROR_ILL_FORMED_PASSWORD.
    private static let illFormedPassword: UInt32 = 0x52C

    /// Throws unless the write was done. A code that says nothing is settled by reading (CR-04).
    static func check(_ result: LDAPResult) throws(StoreError) {
        switch result.code {
        case .success: return
        case .noSuchObject: throw .notFound
        case .constraintViolation, .unwillingToPerform:
            guard [passwordRestriction, illFormedPassword].contains(windowsError(result.message)) else {
                throw .malformed("a write was refused with \(result.description)")
            }
            throw .refused(
                code: "directoryPolicy",
                message:
                    "Active Directory refuses the password: it is too short, too simple, contains the name, or was "
                    + "used before.")
        case .insufficientAccessRights:
            throw .unsupported(
                "Active Directory does not let Latchkey change this account. Administrators' accounts are kept from "
                    + "delegation; other accounts need the rights to be delegated where they stand.")
        case .referral:
            throw .unsupported("This domain controller is read-only: Latchkey needs one that can be written to.")
        case .busy, .unavailable, .adminLimitExceeded:
            throw .unavailable("a write was refused with \(result.description)")
        case .unavailableCriticalExtension, .undefinedAttributeType, .noSuchAttribute, .strongerAuthRequired,
            .invalidDNSyntax:
            throw .malformed("a write was refused with \(result.description)")
        default: throw .outcomeUnknown("a write ended with \(result.description)")
        }
    }

    /// The eight hexadecimal digits before the first colon; `nil` when the message does not begin so.
    static func windowsError(_ message: String) -> UInt32? {
        let digits = message.utf8.prefix { $0 != UInt8(ascii: ":") }
        guard digits.count == 8, digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-") else {
            return nil
        }
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
