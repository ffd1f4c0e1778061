import Configuration

/// What `stores.json5` says about an Active Directory domain.
public struct ActiveDirectorySettings: Sendable {
    /// The domain controllers and the service account.
    public let server: LDAPServerSettings
    /// A text attribute of users in which the id of the operation that wrote last is left; `nil`: none.
    let operationAttribute: LDAPAttributeName?

    /// Makes settings of their parts.
    ///
    /// - Parameter operationAttribute: ignored unless it is the name of an attribute.
    public init(server: LDAPServerSettings, operationAttribute: String? = nil) {
        self.server = server
        self.operationAttribute = operationAttribute.flatMap { LDAPAttributeName($0) }
    }

    /// Reads `operationAttribute` and what every directory by LDAP has.
    init(_ reader: ConfigurationReader) {
        server = LDAPServerSettings(reader)
        operationAttribute = reader.optionalParsed("operationAttribute", as: "name of an attribute") {
            LDAPAttributeName($0)
        }
    }
}

extension LDAPServerSettings {
    /// The same with one server.
    func only(_ server: LDAPServer) -> LDAPServerSettings {
        LDAPServerSettings(
            servers: [server], security: security, caFile: caFile, bindName: bindName, bindPassword: bindPassword,
            base: base, connectDeadline: connectDeadline, deadline: deadline, connections: 1, idleLimit: idleLimit)
    }
}
