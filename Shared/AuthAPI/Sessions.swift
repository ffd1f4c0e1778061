import Model
import StrictJSON

/// Asks for a session with the directory password.
public struct SignInRequest: WireType {
    /// The identity store to sign in to.
    public let store: StoreID
    /// The login, as the store knows it.
    public let login: String
    /// The directory password.
    public let password: Secret

    /// Makes a request of its parts.
    public init(store: StoreID, login: String, password: Secret) {
        self.store = store
        self.login = login
        self.password = password
    }

    /// The request as it travels; it holds the password in clear.
    public var json: JSON {
        .object([
            "store": .string(store.text), "login": .string(login),
            "password": .string(password.copyText() ?? ""),
        ])
    }

    /// Reads a request; the login has 1 to 256 characters, the password 1 to 256.
    public init(reader: inout JSONObjectReader) throws(JSONError) {
        store = try reader.parsed("store") { StoreID($0) }
        login = try reader.string("login", length: 1...256)
        password = Secret(try reader.string("password", length: 1...256))
    }
}

/// Asks for a new access token.
public struct RefreshRequest: WireType {
    /// The refresh token of the last grant.
    public let refreshToken: Secret

    /// Makes a request of its parts.
    public init(refreshToken: Secret) {
        self.refreshToken = refreshToken
    }

    /// The request as it travels.
    public var json: JSON { .object(["refreshToken": .string(refreshToken.copyText() ?? "")]) }

    /// Reads a request.
    public init(reader: inout JSONObjectReader) throws(JSONError) {
        refreshToken = Secret(try reader.string("refreshToken", length: 20...128))
    }
}

/// A session's tokens and what its holder may do.
public struct SessionGrant: WireType {
    /// Goes into `Authorization: Bearer`.
    public let accessToken: String
    /// Seconds until the access token expires.
    public let expiresInSeconds: Int64
    /// Buys the next access token, once.
    public let refreshToken: String
    /// The session's id.
    public let session: SessionID
    /// Who signed in.
    public let account: AccountID
    /// The name of the person.
    public let displayName: String
    /// The role held in the account's own store.
    public let role: RoleID
    /// What that role may do.
    public let permissions: Set<Permission>

    /// Makes a grant of its parts.
    public init(
        accessToken: String, expiresInSeconds: Int64, refreshToken: String, session: SessionID, account: AccountID,
        displayName: String, role: RoleID, permissions: Set<Permission>
    ) {
        self.accessToken = accessToken
        self.expiresInSeconds = expiresInSeconds
        self.refreshToken = refreshToken
        self.session = session
        self.account = account
        self.displayName = displayName
        self.role = role
        self.permissions = permissions
    }

    /// The grant as it travels.
    public var json: JSON {
        .object([
            "accessToken": .string(accessToken), "tokenType": "Bearer",
            "expiresInSeconds": .integer(expiresInSeconds), "refreshToken": .string(refreshToken),
            "session": .string(session.text), "account": .string(account.text), "displayName": .string(displayName),
            "role": .string(role.text), "permissions": .sorted(permissions),
        ])
    }

    /// Reads a grant.
    public init(reader: inout JSONObjectReader) throws(JSONError) {
        accessToken = try reader.string("accessToken", length: 1...8_192)
        _ = try reader.string("tokenType", length: 6...6)
        expiresInSeconds = try reader.integer("expiresInSeconds", in: 0...86_400)
        refreshToken = try reader.string("refreshToken", length: 1...256)
        session = try reader.parsed("session") { SessionID($0) }
        account = try reader.parsed("account") { AccountID($0) }
        displayName = try reader.string("displayName", length: 0...1_024)
        role = try reader.parsed("role") { RoleID($0) }
        permissions = try reader.set("permissions")
    }
}
