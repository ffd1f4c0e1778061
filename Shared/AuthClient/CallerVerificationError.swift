import StrictJSON

/// Why the auth service gave no yes.
public enum CallerVerificationError: Error, Sendable, Equatable {
    /// It cannot be reached, is too slow, or says that it cannot answer now; try again after this long (ST-02).
    case unavailable(retryAfter: Duration)
    /// What came back is not an answer of the auth service; the text is for the log. To be treated as unavailable.
    case malformedAnswer(String)
    /// The operator's token is not, or no longer, good.
    case notSignedIn
    /// A clear no, in the auth service's own words.
    case refused(AuthRefusal)
}

/// A problem document of the auth service (RFC 9457), to be passed on as it is.
public struct AuthRefusal: Sendable, Equatable {
    /// The status code, 400 to 499.
    public let status: Int
    /// The stable name.
    public let code: String
    /// What the code means.
    public let title: String
    /// What happened this time.
    public let detail: String?
    /// The place in the body that is wrong (RFC 6901).
    public let pointer: String?
    /// When to try again, as the auth service wrote it.
    public let retryAfter: String?
    /// The members beyond the standard ones.
    public let extra: [JSONMember]

    /// Makes a refusal of its parts.
    public init(
        status: Int, code: String, title: String, detail: String? = nil, pointer: String? = nil,
        retryAfter: String? = nil, extra: [JSONMember] = []
    ) {
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.pointer = pointer
        self.retryAfter = retryAfter
        self.extra = extra
    }
}
