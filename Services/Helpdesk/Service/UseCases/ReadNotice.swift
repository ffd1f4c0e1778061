import Audit
import Messaging
import Model
import SQL
import StrictJSON

/// How a notice is doing, and its end before the time.
struct ReadNotice: Sendable {
    let collaborators: Collaborators

    /// The notice as it stands, with the deliveries counted now.
    func run(_ id: NoticeID, for desk: DeskOperator) async throws -> JSON {
        try await collaborators.database.read { [collaborators] connection in
            try Self.visible(id, to: desk, connection).counted(collaborators.outbox, connection).json
        }
    }

    /// Stops it: nobody else is written to, and what waits in the outbox is thrown away. Asked again, nothing changes.
    func stop(_ id: NoticeID, by desk: DeskOperator) async throws -> JSON {
        let event = AuditEvent(.notify, by: .desk(desk.person), at: collaborators.clock.now()).with {
            $0.action = "enrollmentNoticeStopped"
            $0.detail = [JSONMember(name: "notice", value: .string(id.text))]
        }
        return try await collaborators.database.write { [collaborators] transaction in
            let notice = try Self.visible(id, to: desk, transaction)
            if try NoticeStore.move(id, from: [.queuing, .sending], to: .stopped, transaction) {
                try collaborators.outbox.discard(group: notice.group, in: transaction)
                _ = try collaborators.audit.append(event, in: transaction)
            }
            return try Self.visible(id, to: desk, transaction).counted(collaborators.outbox, transaction).json
        }
    }

    /// Whoever reaches every store it was for may see it.
    private static func visible(
        _ id: NoticeID, to desk: DeskOperator, _ connection: any Connection
    ) throws -> EnrollmentNotice {
        guard let notice = try NoticeStore.find(id, connection),
            notice.request.recipients.stores.isSubset(of: desk.authority.scope)
        else { throw HelpdeskError.noticeNotFound }
        return notice
    }
}

extension EnrollmentNotice {
    /// With the deliveries as the outbox has them; one that has ended keeps what was counted then.
    func counted(_ outbox: Outbox, _ connection: any Connection) throws -> EnrollmentNotice {
        guard endedAt == nil else { return self }
        let states = try outbox.counts(group: group, connection)
        var counts = counts
        counts.sent = states[.sent] ?? 0
        counts.failed = (states[.dead] ?? 0) + (states[.expired] ?? 0)
        return EnrollmentNotice(
            id: id, operatorAccount: operatorAccount, request: request, state: state, total: total,
            position: position, counts: counts, createdAt: createdAt, endedAt: nil)
    }

    /// As it goes over the wire.
    var json: JSON {
        .object([
            "id": .string(id.text), "state": .string(state.rawValue), "operator": .string(operatorAccount.text),
            "total": .integer(Int64(total)), "examined": .integer(Int64(counts.examined)),
            "queued": .integer(Int64(counts.queued)), "sent": .integer(Int64(counts.sent)),
            "failed": .integer(Int64(counts.failed)), "leftOut": counts.leftOutJSON,
            "createdAt": .string(createdAt.rfc3339), "endedAt": endedAt.map { .string($0.rfc3339) },
        ])
    }
}
