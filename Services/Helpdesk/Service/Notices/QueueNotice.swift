import Audit
import Messaging
import Model
import Policy
import SQL
import StrictJSON

/// Puts the messages of a notice into the outbox, page by page. Each page is one transaction with the place it ends at:
/// after a crash the next page is the one that was not written.
struct QueueNotice: Sendable {
    let collaborators: Collaborators

    /// Looks at the next page.
    ///
    /// - Returns: the notice as it stands then; `nil` when nothing is left to do here: everybody was looked at, somebody
    ///   else is at it, or it was stopped.
    func run(_ notice: EnrollmentNotice) async throws -> EnrollmentNotice? {
        let audience = NoticeAudience(recipients: notice.request.recipients)
        let page = try await collaborators.database.read { connection in
            try audience.page(after: notice.position, limit: InvitePeople.pageSize, connection)
        }
        guard let last = page.last else {
            try await finish(notice)
            return nil
        }
        let decided = try await InvitePeople(collaborators: collaborators).run(page, notice.request.terms)
        let words = try collaborators.reminder(notice.request)
        let next = try await collaborators.database.write { [self] transaction -> EnrollmentNotice? in
            guard try NoticeStore.advance(notice, to: last, transaction) else { return nil }
            var counts = notice.counts
            counts.add(decided)
            for invitation in decided.invited {
                counts.count(try write(invitation, words, notice, transaction))
            }
            try NoticeStore.count(counts, of: notice.id, transaction)
            return try NoticeStore.find(notice.id, transaction)
        }
        collaborators.wakeOutbox()
        return next
    }

    /// Writes one message; says why there is none.
    private func write(
        _ invitation: InvitePeople.Invitation, _ words: Reminder, _ notice: EnrollmentNotice,
        _ transaction: Transaction
    ) throws -> NoticeRule.LeftOut? {
        let person = invitation.person
        let address = Array((person.mail ?? "").lowercased().utf8)
        let digest = collaborators.keyring.mac(address, purpose: "notice-address")
        guard try NoticeStore.claim(Array(digest.prefix(16)), for: notice.id, transaction) else { return .sameAddress }
        var message = words.message(to: person, invitation.types, id: collaborators.random.identifier())
        message.group = notice.group
        do {
            try collaborators.outbox.enqueue(message, in: transaction)
        } catch {
            switch error {
            case .badAddress, .template: return .withoutAddress
            case .sealing, .database: throw error
            }
        }
        return nil
    }

    private func finish(_ notice: EnrollmentNotice) async throws {
        let event = AuditEvent(.notify, by: .system, at: collaborators.clock.now()).with {
            $0.action = "enrollmentNotice"
            $0.detail = notice.historyDetail
        }
        try await collaborators.database.write { [collaborators] transaction in
            guard try NoticeStore.move(notice.id, from: [.queuing], to: .sending, transaction) else { return }
            _ = try collaborators.audit.append(event, in: transaction)
        }
    }
}

extension EnrollmentNotice {
    /// What the history says of it: numbers, never people or words (AU-03).
    var historyDetail: [JSONMember] {
        [
            JSONMember(name: "notice", value: .string(id.text)),
            JSONMember(name: "examined", value: .integer(Int64(counts.examined))),
            JSONMember(name: "queued", value: .integer(Int64(counts.queued))),
        ]
    }
}
