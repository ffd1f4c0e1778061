/// What a domain controller says of itself (MS-ADTS §3.1.1.3.2).
struct RootDSE: Sendable {
    /// The root of its domain.
    let domain: String
    /// Its own entry among the servers of the forest.
    let service: String
    /// The last write it has taken or copied.
    let highestUSN: UInt64
    /// The controls it knows.
    let controls: Set<String>

    static let attributes: [LDAPAttributeName] = [
        "defaultNamingContext", "dsServiceName", "highestCommittedUSN", "supportedControl",
    ]

    init(_ entry: LDAPEntry) throws(LDAPFailure) {
        guard let domain = entry.text("defaultNamingContext"), let service = entry.text("dsServiceName"),
            let usn = entry.text("highestCommittedUSN").flatMap({ UInt64($0) })
        else { throw .malformed("the server is no domain controller of Active Directory") }
        self.domain = domain
        self.service = service
        highestUSN = usn
        controls = Set(entry.texts("supportedControl"))
    }
}
