import AuthClient
import Model
import StrictJSON
import Web

/// The owner's page and what it asks; and the desk's way to take a link back.
struct LinkRoutes: Sendable {
    let collaborators: Collaborators

    /// The page, in the language the browser asks for. Nothing on it knows a token: that stands behind `#`, and only the
    /// page's own script reads it (SL-01).
    @Sendable func page(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let preferred = call.request.headers["Accept-Language"].map { LanguagePriority($0) }
        let language = preferred?.lookup(in: ResetPage.languages) { $0 } ?? ResetPage.languages[0]
        return file(ResetPage.html[language] ?? [], "text/html; charset=utf-8")
            .header("Content-Language", language).header("Vary", "Accept-Language")
    }

    @Sendable func script(_ call: Call<HelpdeskCaller>) async throws -> Response {
        file(ResetPage.script, "text/javascript; charset=utf-8")
    }

    @Sendable func style(_ call: Call<HelpdeskCaller>) async throws -> Response {
        file(ResetPage.style, "text/css; charset=utf-8")
    }

    @Sendable func inspect(_ call: Call<HelpdeskCaller>) async throws -> Response {
        var body = try call.request.json()
        let token = try body.linkToken()
        try body.finish()
        return .json(
            200, try await UseLink(collaborators: collaborators).inspect(token, from: call.request.origin))
    }

    @Sendable func redeem(_ call: Call<HelpdeskCaller>) async throws -> Response {
        var body = try call.request.json()
        let token = try body.linkToken()
        let password = Secret(try body.string("password", length: 1...1_024))
        try body.finish()
        return .json(
            200, try await UseLink(collaborators: collaborators).redeem(token, password, from: call.request.origin))
    }

    @Sendable func revoke(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let id = try call.parameter("link") { SecureLinkID($0) }
        try await RevokeLink(collaborators: collaborators).run(id, by: try await call.desk(collaborators))
        return .empty()
    }

    /// OP-07, SL-04: nothing from elsewhere, nothing inline, no frame around it, no address of it told to anybody.
    private func file(_ bytes: [UInt8], _ type: String) -> Response {
        Response(
            status: 200,
            headers: [
                ("Content-Type", type),
                (
                    "Content-Security-Policy",
                    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
                        + "form-action 'none'; frame-ancestors 'none'"
                ),
                ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
                ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
            ], body: bytes)
    }
}

extension JSONObjectReader {
    /// A token of 256 bits in base64url. What cannot be one is refused like one that opens nothing, later.
    fileprivate mutating func linkToken() throws(JSONError) -> Secret {
        Secret(try string("token", length: 1...128))
    }
}
