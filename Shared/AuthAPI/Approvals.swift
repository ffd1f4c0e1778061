import Model
import StrictJSON

/// A request for a second person, bound to one account, one action and one operator.
public struct Approval: WireType, Equatable {
    /// The request's id.
    public let id: ApprovalID
    /// The account whose enrollment is asked: the master of the accounts acted on.
    public let account: AccountID
    /// What is to be done.
    public let action: HelpdeskAction
    /// The operator who wants to do it.
    public let operatorAccount: AccountID
    /// Why it takes a second person.
    public let reason: ApprovalReason
    /// Where it stands.
    public let status: ApprovalStatus
    /// When it was asked for.
    public let createdAt: Timestamp
    /// When it ends, decided or not.
    public let expires: Timestamp

    /// Makes it of its parts.
    public init(
        id: ApprovalID, account: AccountID, action: HelpdeskAction, operatorAccount: AccountID,
        reason: ApprovalReason, status: ApprovalStatus, createdAt: Timestamp, expires: Timestamp
    ) {
        self.id = id
        self.account = account
        self.action = action
        self.operatorAccount = operatorAccount
        self.reason = reason
        self.status = status
        self.createdAt = createdAt
        self.expires = expires
    }

    /// As it travels.
    public var json: JSON {
        .object([
            "id": .string(id.text), "account": .string(account.text), "action": .string(action.rawValue),
            "operator": .string(operatorAccount.text), "reason": .string(reason.rawValue),
            "status": .string(status.rawValue), "createdAt": .string(createdAt.rfc3339),
            "expires": .string(expires.rfc3339),
        ])
    }

    /// Reads it.
    public init(reader: inout JSONObjectReader) throws(JSONError) {
        self.init(
            id: try reader.parsed("id") { ApprovalID($0) }, account: try reader.parsed("account") { AccountID($0) },
            action: try reader.choice("action"), operatorAccount: try reader.parsed("operator") { AccountID($0) },
            reason: try reader.choice("reason"), status: try reader.choice("status"),
            createdAt: try reader.parsed("createdAt") { Timestamp(rfc3339: $0) },
            expires: try reader.parsed("expires") { Timestamp(rfc3339: $0) })
    }
}

/// What waits for a second person, oldest first.
public struct ApprovalList: WireType {
    /// The requests.
    public let approvals: [Approval]

    /// Makes it of its parts.
    public init(approvals: [Approval]) {
        self.approvals = approvals
    }

    /// As it travels.
    public var json: JSON { .object(["approvals": .array(approvals.map(\.json))]) }

    /// Reads it.
    public init(reader: inout JSONObjectReader) throws(JSONError) {
        var list: [Approval] = []
        for var item in try reader.objects("approvals", count: 0...1_000) {
            list.append(try Approval(reader: &item))
            try item.finish()
        }
        approvals = list
    }
}

/// What the second person says.
public struct ApprovalDecision: WireType {
    /// Yes or no.
    public enum Choice: String, CaseIterable, Sendable {
        case approve
        case decline
    }

    /// Yes or no.
    public let choice: Choice

    /// Makes it of its parts.
    public init(_ choice: Choice) {
        self.choice = choice
    }

    /// As it travels.
    public var json: JSON { .object(["decision": .string(choice.rawValue)]) }

    /// Reads it.
    public init(reader: inout JSONObjectReader) throws(JSONError) {
        choice = try reader.choice("decision")
    }
}
