import Audit
import Directory
import Model
import Policy
import SQL
import StrictJSON

/// Asks people to enroll, once for each idempotency key (E3, CR-03). What is accepted here is carried out by
/// ``NoticeWorker``, also after a restart.
struct NotifyUsers: Sendable {
    let collaborators: Collaborators

    func run(
        _ request: NoticeRequest, as identity: IdempotentRequest, by desk: DeskOperator
    ) async throws -> ActAnswer {
        let request = try request.within(ListUsers(collaborators: collaborators), desk)
        _ = try collaborators.reminder(request)
        let notice = EnrollmentNotice(
            id: collaborators.random.identifier(), operatorAccount: desk.person.account, request: request,
            state: .queuing, total: try await collaborators.database.read { try request.recipients.count($0) },
            position: nil, counts: EnrollmentNotice.Counts(), createdAt: collaborators.clock.now(), endedAt: nil)
        let operation: OperationID = collaborators.random.identifier()
        let event = AuditEvent(.notify, by: .desk(desk.person), at: notice.createdAt)
            .about(request.recipients.onlyUser, action: "enrollmentNotice")
            .with {
                $0.detail = notice.historyDetail + [JSONMember(name: "chosen", value: .integer(Int64(notice.total)))]
            }
        let answer = ActAnswer(status: 202, body: notice.json)
        return try await collaborators.database.write { [collaborators] transaction in
            guard try IdempotencyStore.reserve(identity, for: operation, at: notice.createdAt, transaction) else {
                return try standing(identity, transaction)
            }
            try NoticeStore.insert(notice, transaction)
            _ = try collaborators.audit.append(event, in: transaction)
            let body = String(decoding: answer.body.serialized(), as: UTF8.self)
            try IdempotencyStore.answer(identity, with: StoredAnswer(status: 202, body: body), transaction)
            return answer
        }
    }

    private func standing(_ identity: IdempotentRequest, _ connection: any Connection) throws -> ActAnswer {
        switch try IdempotencyStore.standing(of: identity, connection) {
        case .answered(let answer): try answer.again()
        case .reused: throw HelpdeskError.idempotencyKeyReused
        case .new, .givenBack, .inProgress: throw HelpdeskError.operationInProgress
        }
    }
}

extension NoticeRequest {
    /// The same with the stores named that the operator's role reaches now (OP-02).
    func within(_ list: ListUsers, _ desk: DeskOperator) throws(HelpdeskError) -> NoticeRequest {
        var query: UserQuery
        let recipients: UserSelection
        switch self.recipients {
        case .listed(let asked, let except):
            query = asked
            query.stores = try list.stores(asked, desk).map(\.id)
            recipients = .listed(query, except: except)
        case .ticked(let users):
            query = UserQuery()
            query.stores = Array(Set(users.map(\.store)))
            _ = try list.stores(query, desk)
            recipients = self.recipients
        }
        return NoticeRequest(recipients: recipients, terms: terms, subject: subject, message: message)
    }
}
