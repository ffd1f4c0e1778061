import Messaging
import Model
import Policy
import StrictJSON
import Web

/// Shows who would get a message and how it would read, before anything is sent (E3).
struct PreviewNotice: Sendable {
    let collaborators: Collaborators

    /// How long people are counted; a preview that stops there says so.
    private static let patience = Duration.seconds(5)

    /// Which of the recipients to show.
    struct Part: Sendable {
        /// The last one shown before; `nil`: from the beginning, with everybody counted.
        let after: AccountID?
        let limit: Int
    }

    func run(_ request: NoticeRequest, _ part: Part, for desk: DeskOperator) async throws -> JSON {
        let request = try request.within(ListUsers(collaborators: collaborators), desk)
        let words = try collaborators.reminder(request)
        let (all, isWhole) = try await look(request, part)
        let showsAddress = desk.authority.permissions.contains(.seeContactDetails)
        let shown = all.invited.prefix(part.limit)
        let next = all.invited.count > shown.count ? shown.last?.person.id : nil
        var members: [(String, JSON?)] = [
            ("recipients", .array(shown.map { $0.person.json($0.types, showingAddress: showsAddress) })),
            ("nextCursor", next.map { .string(Cursor.encode([.string($0.text)])) }),
        ]
        if part.after == nil {
            let total = try await collaborators.database.read { try request.recipients.count($0) }
            members += [
                ("total", .integer(Int64(total))), ("examined", .integer(Int64(all.examined))),
                ("isWhole", .bool(isWhole)), ("invited", .integer(Int64(all.count))),
                ("leftOut", all.counts.leftOutJSON), ("words", try self.words(words, shown.first)),
            ]
        }
        return .object(members.compactMap { name, value in value.map { JSONMember(name: name, value: $0) } })
    }

    /// Those invited as far as the page needs them, and how many are, and are not.
    private func look(_ request: NoticeRequest, _ part: Part) async throws -> (Audience, isWhole: Bool) {
        let recipients = NoticeAudience(recipients: request.recipients)
        let end = collaborators.clock.now() + Self.patience
        var (all, position) = (Audience(keeping: part.limit + 1), part.after)
        while collaborators.clock.now() < end, part.after == nil || all.invited.count <= part.limit {
            let page = try await collaborators.database.read { [position] connection in
                try recipients.page(after: position, limit: InvitePeople.pageSize, connection)
            }
            guard let last = page.last else { return (all, true) }
            all.add(try await InvitePeople(collaborators: collaborators).run(page, request.terms))
            position = last
        }
        return (all, false)
    }

    /// The words with their fields, and filled in for the first recipient.
    private func words(_ words: Reminder, _ first: InvitePeople.Invitation?) throws -> JSON {
        let standard = collaborators.outbox.templates.source(of: .enrollmentReminder)
        let example = try first.map { first in
            let message = words.message(to: first.person, first.types, id: collaborators.random.identifier())
            return try collaborators.outbox.templates.render(message, at: collaborators.clock.now())
        }
        return .object([
            "defaultSubject": .string(standard.subject), "defaultMessage": .string(standard.text),
            "fields": .array(standard.fields.map { .string($0.rawValue) }),
            "subject": example.map { .string($0.subject) }, "message": example.map { .string($0.text) },
        ])
    }
}

/// Everybody looked at for a preview.
private struct Audience {
    private let most: Int
    private(set) var invited: [InvitePeople.Invitation] = []
    private(set) var count = 0
    private(set) var counts = EnrollmentNotice.Counts()

    init(keeping most: Int) { self.most = most }

    var examined: Int { counts.examined }

    mutating func add(_ decided: InvitePeople.Decided) {
        counts.add(decided)
        count += decided.invited.count
        invited += decided.invited.prefix(most - invited.count)
    }
}

extension NoticeAudience.Candidate {
    fileprivate func json(_ types: Set<AuthenticationType>, showingAddress: Bool) -> JSON {
        let address = mail ?? ""
        return .object([
            "id": .string(id.text), "name": .string(name), "login": .string(login), "store": .string(id.store.text),
            "address": .string(showingAddress ? address : MessageChannelKind.email.masked(address)),
            "types": .array(types.map(\.rawValue).sorted().map(JSON.string)),
        ])
    }
}
