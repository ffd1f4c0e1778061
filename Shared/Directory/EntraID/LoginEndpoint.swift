import Model
import StrictJSON
import Transport

/// The token endpoint of a tenant: the client credentials grant for the application, the resource owner password grant
/// for people ("OAuth 2.0 client credentials flow", "Sign in with resource owner password credentials grant").
struct LoginEndpoint: Sendable {
    /// A token and how long it is good.
    struct Grant: Sendable {
        let token: Secret
        let lifetime: Duration
    }

    /// What came of a password.
    enum PasswordAnswer: Sendable {
        /// It is right, and this is whose it is.
        case granted(ObjectID)
        /// Refused, for these reasons (AADSTS codes without the letters).
        case refused(SignInCodes)
    }

    let settings: EntraIDSettings
    let secret: Secret
    let http: HTTPClient

    /// The application's own token for Graph.
    func applicationToken(within deadline: CallDeadline) async throws(StoreError) -> Grant {
        let response = try await post(
            [("grant_type", "client_credentials"), ("scope", settings.graphURL + "/.default")], nil, within: deadline)
        let body = try? JSON.parse(response.body)
        guard response.status == 200 else { throw failure(response.status, body) }
        guard let token = body?["access_token"]?.stringValue, !token.isEmpty,
            let seconds = body?["expires_in"]?.integerValue, (1...1_000_000).contains(seconds)
        else { throw .malformed("the token endpoint's answer holds no token") }
        return Grant(token: Secret(token), lifetime: .seconds(seconds))
    }

    /// Whether Entra lets this person in with this password alone.
    func ask(login: String, password: Secret, within deadline: CallDeadline) async throws(StoreError) -> PasswordAnswer
    {
        let response = try await post(
            [("grant_type", "password"), ("scope", "openid profile"), ("username", login)], password, within: deadline)
        let body = try? JSON.parse(response.body)
        if response.status == 200 {
            guard let id = body?["id_token"]?.stringValue.flatMap(objectID) else {
                throw .malformed("the token endpoint's answer does not say who has signed in")
            }
            return .granted(id)
        }
        // These two are about the person and the password; any other error is about us or the tenant.
        let kind = body?["error"]?.stringValue
        guard response.status == 400 || response.status == 401,
            kind == "invalid_grant" || kind == "interaction_required",
            let codes = body.map({ SignInCodes(body: $0) }), !codes.areAboutTheApplication
        else { throw failure(response.status, body) }
        return .refused(codes)
    }

    private func post(
        _ fields: [(String, String)], _ password: Secret?, within deadline: CallDeadline
    ) async throws(StoreError) -> HTTPResponse {
        let address = "\(settings.loginURL)/\(percentEncoded(settings.tenant))/oauth2/v2.0/token"
        let rest = deadline.rest
        guard rest > .zero else { throw .unavailable("Microsoft's token endpoint: out of time") }
        guard let secret = secret.copyText() else { throw .unavailable("the client secret is no text") }
        var form = fields + [("client_id", settings.clientID), ("client_secret", secret)]
        if let password {
            guard let text = password.copyText() else { throw .malformed("a password that is no text") }
            form.append(("password", text))
        }
        let body = form.map { "\($0)=\(percentEncoded($1))" }.joined(separator: "&")
        do throws(TransportError) {
            return try await http.send(
                HTTPRequest(
                    "POST", address,
                    headers: [
                        ("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json"),
                    ], body: Array(body.utf8), deadline: rest))
        } catch {
            throw StoreError(reading: error)
        }
    }

    /// The `oid` claim. The token came from the token endpoint itself over TLS, which stands in place of its signature
    /// (OpenID Connect Core 1.0 §3.1.3.7, item 6).
    private func objectID(_ token: String) -> ObjectID? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64URL.decode(parts[1]), let claims = try? JSON.parse(bytes) else {
            return nil
        }
        return claims["oid"]?.stringValue.flatMap { ObjectID($0) }
    }

    /// Codes tell what to do; the endpoint's prose may name people.
    private func failure(_ status: Int, _ body: JSON?) -> StoreError {
        let codes = body.map { SignInCodes(body: $0).all.map { "AADSTS\($0)" }.joined(separator: " ") } ?? ""
        let kind = body?["error"]?.stringValue.map { String($0.prefix(40)) } ?? "no error object"
        let hint =
            codes.contains("AADSTS7000222")
            ? ": the client secret has expired"
            : codes.contains("AADSTS7000215") ? ": the client secret is not right" : ""
        return .unavailable("the token endpoint answers \(status) \(kind) \(codes)\(hint)")
    }
}
