import Model
import Policy

/// What an operator asks for: who is to be asked to enroll, with which types, in which words (E3).
struct NoticeRequest: Sendable {
    let recipients: UserSelection
    let terms: NoticeRule.Terms
    /// In place of the template's; `nil`: the template's.
    let subject: String?
    let message: String?
}

/// A request to enroll that is being sent, or was.
struct EnrollmentNotice: Sendable {
    /// How far it has come.
    enum State: String, Sendable {
        /// Recipients are looked up and their messages put into the outbox.
        case queuing
        /// Every message is in the outbox or has left it.
        case sending
        /// Nothing more will be sent.
        case finished
        /// An operator stopped it.
        case stopped
    }

    let id: NoticeID
    let operatorAccount: AccountID
    /// The stores are named: what the operator's role reached then.
    let request: NoticeRequest
    let state: State
    /// How many were chosen when it began.
    let total: Int
    /// The last account that was looked at, in the order of ids.
    let position: AccountID?
    let counts: Counts
    let createdAt: Timestamp
    let endedAt: Timestamp?

    /// What became of those looked at.
    struct Counts: Sendable, Equatable {
        /// Accounts looked at.
        var examined = 0
        /// Messages written.
        var queued = 0
        /// Messages the mail server took, and those given up; known for good once the notice has ended.
        var sent = 0
        var failed = 0
        /// Who got none, and why.
        var leftOut: [NoticeRule.LeftOut: Int] = [:]

        /// Takes in what was decided about some people.
        mutating func add(_ decided: InvitePeople.Decided) {
            examined += decided.examined
            leftOut.merge(decided.leftOut) { $0 + $1 }
        }

        /// Takes in what became of one message.
        mutating func count(_ leftOut: NoticeRule.LeftOut?) {
            if let leftOut { self.leftOut[leftOut, default: 0] += 1 } else { queued += 1 }
        }
    }

    /// The name its messages share in the outbox.
    var group: String { Self.group(id) }

    static func group(_ id: NoticeID) -> String { "notice:\(id.text)" }
}
