import Messaging
import Model

/// The words of a notice: the template's, or the operator's own with what they lack added.
struct Reminder: Sendable {
    let own: OwnWords?
    /// Where people enroll.
    let enrollmentURL: String
    let storeNames: [StoreID: String]

    func message(
        to person: NoticeAudience.Candidate, _ types: Set<AuthenticationType>, id: MessageID
    ) -> OutboxMessage {
        var message = OutboxMessage(
            id: id, kind: .enrollmentReminder, channel: .email, address: person.mail ?? "",
            fields: [
                "login": person.login, "store": storeNames[person.id.store] ?? person.id.store.text,
                "types": types.map(\.rawValue).sorted().joined(separator: ","), "link": enrollmentURL,
            ])
        message.language = person.language
        message.ownWords = own
        return message
    }
}

extension Collaborators {
    /// The words of a request; refused where they name fields there are not, or nobody knows where people enroll.
    func reminder(_ request: NoticeRequest) throws(HelpdeskError) -> Reminder {
        guard let enrollmentURL else { throw .enrollmentURLUnknown }
        let own: OwnWords?
        do {
            own = try outbox.templates.ownWords(
                subject: request.subject, text: request.message, of: .enrollmentReminder)
        } catch {
            throw .noticeWords(error)
        }
        return Reminder(
            own: own, enrollmentURL: enrollmentURL,
            storeNames: Dictionary(stores.all.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first }))
    }
}
