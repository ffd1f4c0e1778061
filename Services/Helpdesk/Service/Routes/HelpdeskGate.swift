import AuthAPI
import AuthClient
import Model
import Policy
import Web

/// Who is calling, as far as a route demands to know.
enum HelpdeskCaller: Sendable {
    case anybody
    /// A person with a valid token.
    case person(SignedIn)
    /// An operator whose session and role were asked for a moment ago and hold the row's permission.
    case permitted(DeskOperator)

    /// The signed-in person; anybody else is refused.
    var person: SignedIn {
        get throws(HelpdeskError) {
            switch self {
            case .anybody: throw .notSignedIn
            case .person(let person): person
            case .permitted(let desk): desk.person
            }
        }
    }
}

/// Lets a request through to its route, or does not.
///
/// A row with a permission has the auth service asked, at every request: is the session alive, what may the role do
/// (OP-01). A token alone opens only what tells a person about themselves, and what the auth service checks again.
struct HelpdeskGate: Sendable {
    let collaborators: Collaborators
    let tokens: AccessTokenVerifier

    func authorize(_ request: Request, _ access: Access) async throws -> HelpdeskCaller {
        switch access {
        case .anybody: return .anybody
        // No row of this service asks for these: configuration that takes a step-up is the auth service's.
        case .service, .stepUp: throw HelpdeskError.notSignedIn
        case .signedIn: return .person(try await person(request))
        case .permission(let permission):
            let desk = try await DeskOperator.ask(for: person(request), collaborators)
            guard desk.authority.permissions.contains(permission) else {
                try await RecordRefusal(collaborators: collaborators).run(
                    .permissionMissing, of: permission.rawValue, on: nil, by: desk.person)
                throw HelpdeskError.refused(.permissionMissing, nil)
            }
            return .permitted(desk)
        }
    }

    private func person(_ request: Request) async throws -> SignedIn {
        guard let token = request.bearerToken() else { throw HelpdeskError.notSignedIn }
        let claims = try await asking { () throws(CallerVerificationError) in try await tokens.claims(of: token) }
        guard let claims else { throw HelpdeskError.notSignedIn }
        let credentials = OperatorCredentials(accessToken: token, origin: request.origin)
        return SignedIn(account: claims.account, session: claims.session, credentials: credentials)
    }
}

extension DeskOperator {
    /// Asks the auth service what a person may do right now.
    static func ask(for person: SignedIn, _ collaborators: Collaborators) async throws -> DeskOperator {
        let authority = try await asking { () throws(CallerVerificationError) in
            try await collaborators.auth.authority(of: person.account, person.credentials)
        }
        guard authority.account == person.account, authority.session == person.session else {
            throw HelpdeskError.notSignedIn
        }
        return DeskOperator(person: person, authority: authority)
    }
}

extension Request {
    /// Where the request came from.
    var origin: ClientOrigin {
        ClientOrigin(address: remoteAddress, client: headers["User-Agent"])
    }
}

extension Call where Caller == HelpdeskCaller {
    /// The operator, asked for live where the row has not done so.
    func desk(_ collaborators: Collaborators) async throws -> DeskOperator {
        if case .permitted(let desk) = caller { return desk }
        return try await DeskOperator.ask(for: caller.person, collaborators)
    }
}
