/// How a server ended an operation (RFC 4511 §4.1.9).
struct LDAPResult: Sendable, Equatable {
    /// The code.
    let code: LDAPResultCode
    /// The server's words, for the log: no two servers have the same.
    var message = ""
    /// The nearest entry that is there, where the name led nowhere.
    var matchedDN = ""
    /// Where else to ask; never followed by itself.
    var referrals: [String] = []
    /// What came with it.
    var controls: [LDAPControl] = []

    /// The code and the server's words.
    var description: String { message.isEmpty ? "\(code.rawValue)" : "\(code.rawValue) \(message)" }
}

/// A result code; servers may send others than those named here (RFC 4511 §A.2, RFC 4533 §3.5).
struct LDAPResultCode: RawRepresentable, Hashable, Sendable {
    let rawValue: Int32

    static let success = LDAPResultCode(rawValue: 0)
    static let operationsError = LDAPResultCode(rawValue: 1)
    static let protocolError = LDAPResultCode(rawValue: 2)
    static let timeLimitExceeded = LDAPResultCode(rawValue: 3)
    static let sizeLimitExceeded = LDAPResultCode(rawValue: 4)
    static let strongerAuthRequired = LDAPResultCode(rawValue: 8)
    static let referral = LDAPResultCode(rawValue: 10)
    static let adminLimitExceeded = LDAPResultCode(rawValue: 11)
    static let unavailableCriticalExtension = LDAPResultCode(rawValue: 12)
    static let noSuchAttribute = LDAPResultCode(rawValue: 16)
    static let undefinedAttributeType = LDAPResultCode(rawValue: 17)
    static let constraintViolation = LDAPResultCode(rawValue: 19)
    static let attributeOrValueExists = LDAPResultCode(rawValue: 20)
    static let noSuchObject = LDAPResultCode(rawValue: 32)
    static let invalidDNSyntax = LDAPResultCode(rawValue: 34)
    static let inappropriateAuthentication = LDAPResultCode(rawValue: 48)
    static let invalidCredentials = LDAPResultCode(rawValue: 49)
    static let insufficientAccessRights = LDAPResultCode(rawValue: 50)
    static let busy = LDAPResultCode(rawValue: 51)
    static let unavailable = LDAPResultCode(rawValue: 52)
    static let unwillingToPerform = LDAPResultCode(rawValue: 53)
    static let other = LDAPResultCode(rawValue: 80)
    static let assertionFailed = LDAPResultCode(rawValue: 122)
    static let syncRefreshRequired = LDAPResultCode(rawValue: 4096)
}
