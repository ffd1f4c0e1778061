import Model
import StrictJSON

/// What the auth service knows about an act that nobody has begun: the operator's role, the user's, and what a
/// verification would take now.
public struct ActFacts: WireType, Equatable {
    /// What a verification would take.
    public enum Verification: Sendable, Equatable {
        /// It would be refused; the code of the reason.
        case refused(String)
        /// These types, and so many further ones of these; nothing at all where it can be skipped.
        case needed(types: Set<AuthenticationType>, further: Int, of: Set<AuthenticationType>)
    }

    /// The operator's role.
    public let operatorRole: RoleID
    /// Its priority.
    public let rank: Int
    /// The stores it reaches.
    public let scope: Set<StoreID>
    /// What it may do.
    public let permissions: Set<Permission>
    /// How it works at the desk.
    public let policy: HelpdeskPolicy
    /// The user's role; `nil`: none.
    public let userRole: RoleID?
    /// What the user is enrolled with.
    public let enrollments: AccountEnrollments
    /// What a verification would take.
    public let verification: Verification
    /// Why the act would take a second person; `nil`: it would not.
    public let secondPerson: ApprovalReason?

    /// Makes it of its parts.
    public init(
        operatorRole: RoleID, rank: Int, scope: Set<StoreID>, permissions: Set<Permission>, policy: HelpdeskPolicy,
        userRole: RoleID?, enrollments: AccountEnrollments, verification: Verification, secondPerson: ApprovalReason?
    ) {
        self.operatorRole = operatorRole
        self.rank = rank
        self.scope = scope
        self.permissions = permissions
        self.policy = policy
        self.userRole = userRole
        self.enrollments = enrollments
        self.verification = verification
        self.secondPerson = secondPerson
    }

    /// As it travels.
    public var json: JSON {
        .object([
            "operatorRole": .string(operatorRole.text), "rank": .integer(Int64(rank)),
            "scope": .array(scope.map(\.text).sorted().map(JSON.string)), "permissions": .sorted(permissions),
            "policy": policy.json, "userRole": userRole.map { .string($0.text) }, "enrollments": enrollments.json,
            "verification": verification.json, "secondPerson": secondPerson.map { .string($0.rawValue) },
        ])
    }

    /// Reads it.
    public init(reader: inout JSONObjectReader) throws(JSONError) {
        operatorRole = try reader.parsed("operatorRole") { RoleID($0) }
        rank = Int(try reader.integer("rank", in: 1...99))
        var stores: Set<StoreID> = []
        for name in try reader.strings("scope", count: 0...1_000) {
            guard let store = StoreID(name) else { throw reader.error("scope", "is not a list of stores") }
            stores.insert(store)
        }
        scope = stores
        permissions = try reader.set("permissions")
        var inner = try reader.object("policy")
        policy = try HelpdeskPolicy(reader: &inner)
        try inner.finish()
        userRole = try reader.optionalParsed("userRole") { RoleID($0) }
        var enrolled = try reader.object("enrollments")
        enrollments = try AccountEnrollments(reader: &enrolled)
        try enrolled.finish()
        var needed = try reader.object("verification")
        verification = try Verification(reader: &needed)
        try needed.finish()
        secondPerson = try reader.optionalParsed("secondPerson") { ApprovalReason(rawValue: $0) }
    }

    /// Equal as they travel.
    public static func == (left: ActFacts, right: ActFacts) -> Bool { left.json == right.json }
}

extension ActFacts.Verification: WireType {
    /// As it travels.
    public var json: JSON {
        switch self {
        case .refused(let code): .object(["refusal": .string(code)])
        case .needed(let types, let further, let choices):
            .object([
                "types": .sorted(types), "further": .integer(Int64(further)), "of": .sorted(choices),
            ])
        }
    }

    /// Reads it.
    public init(reader: inout JSONObjectReader) throws(JSONError) {
        if let code = try reader.optionalString("refusal", length: 1...64) {
            self = .refused(code)
            return
        }
        self = .needed(
            types: try reader.set("types"), further: Int(try reader.integer("further", in: 0...7)),
            of: try reader.set("of"))
    }
}
