import Audit
import Model
import SQL

/// Takes over enrollments that were made elsewhere, of types whose proof is not kept here.
public struct ImportEnrollments: Sendable {
    /// One enrollment of one account.
    public struct Row: Sendable {
        let account: AccountID
        let type: AuthenticationType
        let enrolledAt: Timestamp
        let label: String?

        /// Makes it of its parts.
        public init(account: AccountID, type: AuthenticationType, enrolledAt: Timestamp, label: String?) {
            self.account = account
            self.type = type
            self.enrolledAt = enrolledAt
            self.label = label
        }
    }

    /// What became of one row.
    public enum Outcome: Sendable, Equatable {
        case added
        /// The account is enrolled with the type already; nothing was changed.
        case present
        /// Another account's enrollment serves this one.
        case linked
    }

    private let audit: AuditLog
    private let now: Timestamp

    /// Takes rows over at a moment, into a history.
    public init(audit: AuditLog, now: Timestamp) {
        self.audit = audit
        self.now = now
    }

    /// Adds one enrollment, with its row in the history, from which the feed and the helpdesk's lists have it.
    public func add(_ row: Row, _ transaction: Transaction) throws -> Outcome {
        guard try LinkStore.find(row.account, transaction) == nil else { return .linked }
        guard try EnrollmentStore.find(row.account, row.type, transaction) == nil else { return .present }
        try EnrollmentStore.save(
            Enrollment(
                account: row.account, type: row.type, enrolledAt: row.enrolledAt, changedAt: nil, contact: nil,
                sealed: nil, lastStep: nil, label: row.label), transaction)
        let event = AuditEvent(.enroll, by: .system, at: now).about(row.account).because("imported")
            .with { $0.type = row.type }
        _ = try audit.append(event, in: transaction)
        return .added
    }
}
