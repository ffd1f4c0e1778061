import AuthAPI
import Export
import Model
import Observability
import Web

/// The whole route table of the helpdesk service: method, path, operation, who may call.
struct HelpdeskRoutes: Sendable {
    let collaborators: Collaborators
    let metrics: Metrics

    typealias Row = Route<HelpdeskCaller>

    var table: [Row] {
        publicRows + sessionRows + userRows + verificationRows + actRows + noticeRows + approvalRows + historyRows
            + messageRows + administrationRows + linkRows
    }

    private var publicRows: [Row] {
        let routes = OperationsRoutes(collaborators: collaborators, numbers: metrics)
        return [
            Row(.get, "/healthz", "getHealth", .anybody, routes.health).quiet(),
            Row(.get, "/readyz", "getReadiness", .anybody, routes.readiness).quiet(),
            Row(.get, "/metrics", "getMetrics", .anybody, routes.metrics).producing("text/plain").quiet(),
            Row(.get, "/openapi.json", "getOpenAPI", .anybody, routes.openAPI),
        ]
    }

    private var sessionRows: [Row] {
        let routes = SessionRoutes(collaborators: collaborators)
        return [
            Row(.post, "/v1/sessions", "createSession", .anybody, routes.create),
            Row(.post, "/v1/sessions/refresh", "refreshSession", .anybody, routes.refresh),
            Row(.delete, "/v1/sessions/current", "endSession", .signedIn, routes.end),
            Row(.get, "/v1/me", "getMe", .signedIn, routes.me),
        ]
    }

    private var userRows: [Row] {
        let routes = UserRoutes(collaborators: collaborators)
        return [
            Row(.get, "/v1/stores", "listStores", .permission(.searchUsers), routes.stores),
            Row(.get, "/v1/users", "listUsers", .permission(.searchUsers), routes.list)
                .query("store", "q", "enrolledWith", "notEnrolledWith", "limit", "cursor"),
            Row(.post, "/v1/users/exports", "exportUsers", .permission(.exportUsers), routes.export)
                .producing("text/csv", "application/xml", ExportFormat.xlsx.mediaType),
            Row(.get, "/v1/users/{id}", "getUser", .permission(.searchUsers), routes.read),
            Row(.post, "/v1/passwords", "generatePassword", .permission(.resetAnyPassword), routes.password),
        ]
    }

    /// The auth service checks session, role and whose verification it is at every one of these; starting one is
    /// decided by the permission of the action in the body.
    private var verificationRows: [Row] {
        let routes = VerificationRoutes(collaborators: collaborators)
        return [
            Row(.post, "/v1/users/{id}/verifications", "startVerification", .signedIn, routes.start),
            Row(.get, "/v1/verifications/{verification}", "getVerification", .signedIn, routes.read),
            Row(
                .post, "/v1/verifications/{verification}/questions/{question}/answer", "answerQuestion", .signedIn,
                routes.answerQuestion),
            Row(
                .post, "/v1/verifications/{verification}/mobile/code", "sendMobileCode", .signedIn,
                routes.send(.mobile)),
            Row(
                .post, "/v1/verifications/{verification}/email/code", "sendEmailCode", .signedIn,
                routes.send(.email)),
            Row(
                .post, "/v1/verifications/{verification}/mobile/answer", "answerMobileCode", .signedIn,
                routes.answer(.mobile)),
            Row(
                .post, "/v1/verifications/{verification}/email/answer", "answerEmailCode", .signedIn,
                routes.answer(.email)),
            Row(
                .post, "/v1/verifications/{verification}/authenticator/answer", "answerAuthenticator", .signedIn,
                routes.answer(.authenticator)),
        ]
    }

    private var actRows: [Row] {
        let routes = ActRoutes(collaborators: collaborators)
        return [
            Row(
                .post, "/v1/users/{id}/password-resets", "resetPassword", .permission(.resetAnyPassword),
                routes.reset),
            Row(.post, "/v1/users/{id}/unlocks", "unlockAccounts", .permission(.unlockAnyAccount), routes.unlock),
            Row(
                .post, "/v1/users/{id}/unenrollments", "unenrollUser", .permission(.unenroll),
                UnenrollRoutes(collaborators: collaborators).unenroll),
            Row(.post, "/v1/operations/{operation}/retries", "retryOperation", .signedIn, routes.retry),
            Row(.get, "/v1/operations/{operation}", "getOperation", .signedIn, routes.read),
        ]
    }

    private var noticeRows: [Row] {
        let routes = NoticeRoutes(collaborators: collaborators)
        return [
            Row(.post, "/v1/enrollment-notices", "notifyUsers", .permission(.notifyUsers), routes.start),
            Row(
                .post, "/v1/enrollment-notices/preview", "previewNotice", .permission(.notifyUsers), routes.preview
            ).query("limit", "cursor"),
            Row(.get, "/v1/enrollment-notices/{notice}", "getNotice", .permission(.notifyUsers), routes.read),
            Row(.post, "/v1/enrollment-notices/{notice}/stop", "stopNotice", .permission(.notifyUsers), routes.stop),
        ]
    }

    private var approvalRows: [Row] {
        let routes = ApprovalRoutes(collaborators: collaborators)
        return [
            Row(.get, "/v1/approvals", "listApprovals", .permission(.supervise), routes.list),
            Row(
                .post, "/v1/approvals/{approval}/decision", "decideApproval", .permission(.supervise),
                routes.decide),
        ]
    }

    /// The auth service's own, passed on: it demands a step-up for changes.
    private var administrationRows: [Row] {
        let routes = AdministrationRoutes(collaborators: collaborators)
        return [
            Row(.get, AuthPath.roles.pattern, "listRoles", .permission(.manageConfiguration), routes.pass),
            Row(.post, AuthPath.roles.pattern, "createRole", .permission(.manageConfiguration), routes.passBody),
            Row(.get, AuthPath.role.pattern, "getRole", .permission(.manageConfiguration), routes.pass),
            Row(.put, AuthPath.role.pattern, "replaceRole", .permission(.manageConfiguration), routes.passChange),
            Row(.delete, AuthPath.role.pattern, "deleteRole", .permission(.manageConfiguration), routes.passRemoval),
            Row(.get, AuthPath.accountRole.pattern, "explainRole", .permission(.manageConfiguration), routes.pass),
            Row(.get, AuthPath.explanation.pattern, "explainAct", .permission(.manageConfiguration), routes.explain)
                .query("operator", "user", "action"),
        ]
    }

    private var historyRows: [Row] {
        let routes = HistoryRoutes(collaborators: collaborators)
        return [
            Row(.get, "/v1/users/{id}/history", "listUserHistory", .permission(.viewHistory), routes.ofUser)
                .query(
                    "kind", "type", "outcome", "performedBy", "action", "device", "from", "to", "limit", "cursor"),
            Row(.get, "/v1/history", "listHistory", .permission(.viewHistory), routes.all)
                .query(
                    "store", "name", "kind", "type", "outcome", "performedBy", "action", "device", "from", "to",
                    "limit",
                    "cursor"),
            Row(.post, "/v1/history/exports", "exportHistory", .permission(.viewHistory), routes.export)
                .producing("text/csv", "application/xml", ExportFormat.xlsx.mediaType),
            Row(
                .get, "/v1/summary", "getSummary", .permission(.viewHistory),
                SummaryRoutes(collaborators: collaborators).read
            )
            .query("store", "from", "to"),
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

    /// What the owner of an account asks without being signed in, and the desk's way to end it.
    private var linkRows: [Row] {
        let routes = LinkRoutes(collaborators: collaborators)
        return [
            Row(.get, "/reset", "getResetPage", .anybody, routes.page).producing("text/html"),
            Row(.get, "/reset/page.js", "getResetScript", .anybody, routes.script).producing("text/javascript"),
            Row(.get, "/reset/page.css", "getResetStyle", .anybody, routes.style).producing("text/css"),
            Row(.post, "/v1/secure-links/inspection", "inspectLink", .anybody, routes.inspect),
            Row(.post, "/v1/secure-links/redemption", "redeemLink", .anybody, routes.redeem),
            Row(.delete, "/v1/secure-links/{link}", "revokeLink", .permission(.resetAnyPassword), routes.revoke),
        ]
    }
}
