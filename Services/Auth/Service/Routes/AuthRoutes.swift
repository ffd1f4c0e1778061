import AuthAPI
import Crypto
import Model
import Observability
import Web

/// The whole route table of the auth service: method, path, operation, who may call.
struct AuthRoutes: Sendable {
    let collaborators: Collaborators
    let operations: OperationsRoutes
    let issuer: String

    typealias Row = Route<AuthCaller>

    /// The table behind its gate, with the problems of `AuthProblems`.
    ///
    /// - Parameter helpdeskKeys: the pinned public halves of the helpdesk service's keys (ST-01).
    static func router(
        _ collaborators: Collaborators, helpdeskKeys: [VerificationKey], issuer: String, metrics: Metrics
    ) -> Router<AuthCaller> {
        let gate = AuthGate(
            collaborators: collaborators,
            tokens: TokenReader(issuer: collaborators.tokens, helpdeskKeys: helpdeskKeys))
        let routes = AuthRoutes(
            collaborators: collaborators,
            operations: OperationsRoutes(collaborators: collaborators, numbers: metrics), issuer: issuer)
        return Router(
            routes: routes.table, log: collaborators.log, metrics: metrics,
            authorize: { try await gate.authorize($0, $1) }, problem: { AuthProblems.problem(for: $0) })
    }

    var table: [Row] {
        publicRows + personRows + adminRows + deskRows + verificationRows + messageRows
    }

    private var publicRows: [Row] {
        let sessions = SessionRoutes(collaborators: collaborators)
        return [
            Row(.get, "/healthz", "getHealth", .anybody, operations.health).quiet(),
            Row(.get, "/readyz", "getReadiness", .anybody, operations.readiness).quiet(),
            Row(.get, "/metrics", "getMetrics", .anybody, operations.metrics).producing("text/plain").quiet(),
            Row(.get, "/openapi.json", "getOpenAPI", .anybody, operations.openAPI),
            Row(.get, AuthPath.keySet.pattern, "getKeySet", .anybody, operations.keySet),
            Row(.post, AuthPath.sessions.pattern, "createSession", .anybody, sessions.create),
            Row(.post, AuthPath.refresh.pattern, "refreshSession", .anybody, sessions.refresh),
            Row(.delete, AuthPath.currentSession.pattern, "endSession", .signedIn, sessions.end),
            Row(.post, AuthPath.stepUp.pattern, "stepUpSession", .signedIn, sessions.stepUp),
        ]
    }

    private var adminRows: [Row] {
        let links = LinkRoutes(collaborators: collaborators)
        let roles = RoleRoutes(collaborators: collaborators)
        let why = ExplanationRoutes(collaborators: collaborators)
        return [
            Row(.get, AuthPath.link.pattern, "listLinks", .permission(.manageConfiguration), links.list),
            Row(.post, AuthPath.links.pattern, "linkAccounts", .stepUp(.manageConfiguration), links.create),
            Row(.delete, AuthPath.link.pattern, "unlinkAccount", .stepUp(.manageConfiguration), links.delete),
            Row(.get, AuthPath.roles.pattern, "listRoles", .permission(.manageConfiguration), roles.list),
            Row(.post, AuthPath.roles.pattern, "createRole", .stepUp(.manageConfiguration), roles.create),
            Row(.get, AuthPath.role.pattern, "getRole", .permission(.manageConfiguration), roles.read),
            Row(.put, AuthPath.role.pattern, "replaceRole", .stepUp(.manageConfiguration), roles.replace),
            Row(.delete, AuthPath.role.pattern, "deleteRole", .stepUp(.manageConfiguration), roles.delete),
            Row(.get, AuthPath.accountRole.pattern, "explainRole", .permission(.manageConfiguration), why.role),
            Row(.get, AuthPath.explanation.pattern, "explainAct", .permission(.manageConfiguration), why.act)
                .query("operator", "user", "action"),
        ]
    }

    private var personRows: [Row] {
        let routes = EnrollmentRoutes(collaborators: collaborators, issuer: issuer)
        return [
            Row(.get, AuthPath.myEnrollments.pattern, "listMyEnrollments", .signedIn, routes.list),
            Row(.get, AuthPath.myQuestions.pattern, "listMyQuestions", .signedIn, routes.questions),
            Row(.put, AuthPath.mySecurityQuestions.pattern, "enrollQuestions", .signedIn, routes.putQuestions),
            Row(.post, AuthPath.myMobile.pattern, "enrollMobile", .signedIn, routes.startMobile),
            Row(.post, AuthPath.myEmail.pattern, "enrollEmail", .signedIn, routes.startEmail),
            Row(.post, AuthPath.myAuthenticator.pattern, "enrollAuthenticator", .signedIn, routes.startAuthenticator),
            Row(.post, AuthPath.myConfirmation.pattern, "confirmEnrollment", .signedIn, routes.confirm),
            Row(
                .delete, AuthPath.mySecurityQuestions.pattern, "removeQuestions", .signedIn,
                routes.remove(.securityQuestions)),
            Row(.delete, AuthPath.myMobile.pattern, "removeMobile", .signedIn, routes.remove(.mobile)),
            Row(.delete, AuthPath.myEmail.pattern, "removeEmail", .signedIn, routes.remove(.email)),
            Row(
                .delete, AuthPath.myAuthenticator.pattern, "removeAuthenticator", .signedIn,
                routes.remove(.authenticator)),
        ]
    }

    private var deskRows: [Row] {
        let routes = DeskRoutes(collaborators: collaborators)
        return [
            Row(.get, AuthPath.accountEnrollments.pattern, "getAccountEnrollments", .service, routes.enrollments),
            Row(.get, AuthPath.accountContacts.pattern, "getAccountContacts", .service, routes.contacts),
            Row(.post, AuthPath.unenrollments.pattern, "unenrollAccount", .service, routes.unenroll),
            Row(.post, AuthPath.enabledTypes.pattern, "listEnabledTypes", .service, routes.enabledTypes).quiet(),
            Row(.get, AuthPath.approvals.pattern, "listApprovals", .service, routes.approvals),
            Row(.post, AuthPath.approvalDecision.pattern, "decideApproval", .service, routes.decideApproval),
            Row(.get, AuthPath.events.pattern, "listEvents", .service, routes.events).query("after", "limit").quiet(),
            Row(.get, AuthPath.authority.pattern, "getAuthority", .service, routes.authority).query("store"),
        ]
    }

    private var verificationRows: [Row] {
        let routes = VerificationRoutes(
            collaborators: collaborators, factors: FactorRegistry(collaborators))
        return [
            Row(.post, AuthPath.verifications.pattern, "startVerification", .service, routes.start),
            Row(.get, AuthPath.verification.pattern, "getVerification", .service, routes.read),
            Row(.post, AuthPath.questionAnswer.pattern, "answerQuestion", .service, routes.answerQuestion),
            Row(.post, AuthPath.mobileCode.pattern, "sendMobileCode", .service, routes.send(.mobile)),
            Row(.post, AuthPath.emailCode.pattern, "sendEmailCode", .service, routes.send(.email)),
            Row(.post, AuthPath.mobileAnswer.pattern, "answerMobileCode", .service, routes.answer(.mobile)),
            Row(.post, AuthPath.emailAnswer.pattern, "answerEmailCode", .service, routes.answer(.email)),
            Row(
                .post, AuthPath.authenticatorAnswer.pattern, "answerAuthenticator", .service,
                routes.answer(.authenticator)),
            Row(.post, AuthPath.redemption.pattern, "redeemVerification", .service, routes.redeem),
        ]
    }

    private var messageRows: [Row] {
        let routes = MessageRoutes(collaborators: collaborators)
        let access = Access.permission(.manageConfiguration)
        return [
            Row(.get, "/v1/admin/messages", "listMessages", access, routes.list)
                .query("state", "channel", "limit", "cursor"),
            Row(.post, "/v1/admin/messages/{message}/delivery", "deliverMessage", access, routes.deliver),
            Row(.delete, "/v1/admin/messages/{message}", "deleteMessage", access, routes.delete),
            Row(.get, "/v1/admin/messages/templates/{kind}", "previewMessage", access, routes.preview)
                .query("language"),
        ]
    }
}

extension Call where Caller == AuthCaller {
    /// Where the request came from. The helpdesk service says where its caller sits: without that, everybody who signs in
    /// there would share one address, and one limit (RL-01).
    var origin: Origin {
        var address = request.remoteAddress
        if case .helpdesk = caller, let client = request.headers[AuthNames.clientAddressHeader],
            (1...64).contains(client.utf8.count), client.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        {
            address = client
        }
        return Origin(address: address, client: request.headers["User-Agent"])
    }
}
