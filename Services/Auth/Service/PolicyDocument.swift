import Audit
import Configuration
import Directory
import Model
import SQL
import StrictJSON

/// Roles and questions whole, as a file has them (C2): what `config export` writes and `config apply` reads.
public struct PolicyDocument: Sendable {
    /// The roles of every store.
    public let roles: [RoleConfiguration]
    /// The pool, in order.
    public let questions: [QuestionPool.Question]

    /// Makes it of its parts.
    public init(roles: [RoleConfiguration], questions: [QuestionPool.Question]) {
        self.roles = roles
        self.questions = questions
    }

    /// Reads `roles` and `questions`, checked whole like `auth.json5`.
    public init(_ reader: ConfigurationReader, stores: [StoreID]) {
        roles = RoleConfiguration.read(reader, stores: stores)
        questions = QuestionPool.read(reader, stores: stores)
        if questions.isEmpty { reader.report("must have at least one question", at: "questions") }
        QuestionPool(questions).check(for: roles, reader)
    }

    /// What the database has; `nil` before the first start.
    public static func inForce(
        _ connection: any Connection, _ stores: IdentityStoreRegistry
    ) throws -> PolicyDocument? {
        guard try RoleStore.revision(connection) > 0 else { return nil }
        let rows = try RoleStore.all(connection)
        return PolicyDocument(
            roles: try RoleConfiguration.read(rows, stores: stores.all.map(\.id)),
            questions: try QuestionStore.pool(connection))
    }

    /// Whether both come to the same, in whatever order the roles stand.
    public func isSame(as other: PolicyDocument) -> Bool {
        RoleChange.between(roles, other.roles).isEmpty && QuestionChange.between(questions, other.questions).isEmpty
    }

    /// As a file has it.
    public var json: JSON {
        .object([
            "roles": .array(roles.map(\.json)), "questions": .array(questions.map(\.json)),
        ])
    }
}

/// What leads from the policies in force to those of a file.
public struct PolicyPlan: Sendable {
    private let roles: [RoleChange]
    private let questions: [QuestionChange]

    /// Compares; `nil` for the old: there is nothing yet.
    ///
    /// - Throws: ``RoleObstacle``.
    public init(from old: PolicyDocument?, to new: PolicyDocument) throws(RoleObstacle) {
        roles = RoleChange.between(old?.roles ?? [], new.roles)
        questions = QuestionChange.between(old?.questions ?? [], new.questions)
        try RoleSet.check(roles, leading: new.roles)
    }

    /// Whether both are the same.
    public var isEmpty: Bool { roles.isEmpty && questions.isEmpty }

    /// Every change in words, a line each; settings are indented.
    public var lines: [String] {
        roles.flatMap(\.lines) + questions.map(\.line)
    }

    /// Makes the changes, and their history.
    public func apply(_ audit: AuditLog, at now: Timestamp, _ transaction: Transaction) throws {
        guard !isEmpty else { return }
        let event = AuditEvent(.configurationChange, by: .system, at: now).because("applied")
        try RoleChange.save(roles, as: event, audit, transaction)
        for change in questions { try change.save(as: event, audit, transaction) }
    }
}

extension RoleChange {
    /// The change in words.
    fileprivate var lines: [String] {
        let sign = old == nil ? "+" : new == nil ? "-" : "~"
        let title = "\(sign) role \(id) of store \(store)"
        guard old != nil, new != nil else { return [title] }
        return [title]
            + settings.map { change in
                "    \(change.pointer): \(text(change.from)) -> \(text(change.to))"
            }
    }

    private func text(_ value: JSON?) -> String {
        value.map { String(decoding: $0.serialized(), as: UTF8.self) } ?? "not said"
    }
}
