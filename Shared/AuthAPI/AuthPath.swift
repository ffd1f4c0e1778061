/// A path with places for ids, such as `/v1/verifications/{verification}`.
public struct PathPattern: Sendable, Hashable {
    /// The pattern as a router reads it.
    public let pattern: String

    init(_ pattern: String) {
        self.pattern = pattern
    }

    /// The path with its places filled in order. Ids need no escaping (`Identifier`); a pattern short of values keeps
    /// its place names, which no route answers.
    public func filled(_ values: String...) -> String {
        var rest = values[...]
        return pattern.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("{") ? rest.popFirst().map { Substring($0) } ?? $0 : $0 }
            .joined(separator: "/")
    }
}

/// Every path of the auth service.
public enum AuthPath {
    /// Public half of the signing keys (RFC 7517).
    public static let keySet = PathPattern("/.well-known/jwks.json")
    /// Sign-in.
    public static let sessions = PathPattern("/v1/sessions")
    /// A new access token for a refresh token.
    public static let refresh = PathPattern("/v1/sessions/refresh")
    /// The session of the token used.
    public static let currentSession = PathPattern("/v1/sessions/current")
    /// Proves once more who holds the session, for changes of the configuration.
    public static let stepUp = PathPattern("/v1/sessions/current/step-up")
    /// The signed-in person's enrollments.
    public static let myEnrollments = PathPattern("/v1/me/enrollments")
    /// The questions to choose from.
    public static let myQuestions = PathPattern("/v1/me/questions")
    /// The person's own questions and answers.
    public static let mySecurityQuestions = PathPattern("/v1/me/enrollments/securityQuestions")
    /// The person's own number.
    public static let myMobile = PathPattern("/v1/me/enrollments/mobile")
    /// The person's own address.
    public static let myEmail = PathPattern("/v1/me/enrollments/email")
    /// The person's own authenticator.
    public static let myAuthenticator = PathPattern("/v1/me/enrollments/authenticator")
    /// The code that confirms an enrollment.
    public static let myConfirmation = PathPattern("/v1/me/enrollments/{type}/confirmation")
    /// The types an account is enrolled with.
    public static let accountEnrollments = PathPattern("/v1/accounts/{account}/enrollments")
    /// The addresses an account has enrolled.
    public static let accountContacts = PathPattern("/v1/accounts/{account}/contacts")
    /// Removes what an account is enrolled with.
    public static let unenrollments = PathPattern("/v1/accounts/{account}/unenrollments")
    /// What people may enroll.
    public static let enabledTypes = PathPattern("/v1/enabled-types")
    /// What waits for a second person.
    public static let approvals = PathPattern("/v1/approvals")
    /// What the second person says.
    public static let approvalDecision = PathPattern("/v1/approvals/{approval}/decision")
    /// The ordered event feed.
    public static let events = PathPattern("/v1/events")
    /// What an operator may do right now.
    public static let authority = PathPattern("/v1/operators/{account}/authority")
    /// The links between accounts of one person.
    public static let links = PathPattern("/v1/admin/links")
    /// The links of one account's person; the link of the account to its master.
    public static let link = PathPattern("/v1/admin/links/{account}")
    /// The roles of the stores an administrator's role reaches.
    public static let roles = PathPattern("/v1/admin/roles")
    /// One role.
    public static let role = PathPattern("/v1/admin/roles/{store}/{role}")
    /// Which role an account holds, and why.
    public static let accountRole = PathPattern("/v1/admin/accounts/{account}/role")
    /// What the auth service knows about an act nobody has begun.
    public static let explanation = PathPattern("/v1/admin/explanations")
    /// Starts a verification.
    public static let verifications = PathPattern("/v1/verifications")
    /// One verification.
    public static let verification = PathPattern("/v1/verifications/{verification}")
    /// An answer to a security question.
    public static let questionAnswer = PathPattern("/v1/verifications/{verification}/questions/{question}/answer")
    /// Sends a code by SMS.
    public static let mobileCode = PathPattern("/v1/verifications/{verification}/mobile/code")
    /// Sends a code by mail.
    public static let emailCode = PathPattern("/v1/verifications/{verification}/email/code")
    /// The code the caller got by SMS.
    public static let mobileAnswer = PathPattern("/v1/verifications/{verification}/mobile/answer")
    /// The code the caller got by mail.
    public static let emailAnswer = PathPattern("/v1/verifications/{verification}/email/answer")
    /// The code the caller's authenticator shows.
    public static let authenticatorAnswer = PathPattern("/v1/verifications/{verification}/authenticator/answer")
    /// Spends a satisfied verification.
    public static let redemption = PathPattern("/v1/verifications/{verification}/redemption")
}

/// Names both services and their tokens agree on.
public enum AuthNames {
    /// Who signs access tokens and proofs, and the audience of service tokens (RFC 7519 §4.1.1).
    public static let authService = "latchkey-auth"
    /// The audience of proofs, and who signs service tokens.
    public static let helpdeskService = "latchkey-helpdesk"
    /// The header that carries the operator's own token beside the service token (ST-01).
    public static let operatorHeader = "Latchkey-Operator"
    /// The header in which the helpdesk service says where its own caller sits; believed beside a service token only.
    public static let clientAddressHeader = "Latchkey-Client-Address"
}
