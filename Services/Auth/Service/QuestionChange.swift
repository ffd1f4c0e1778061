import Audit
import Configuration
import Model
import SQL
import StrictJSON

/// One question of the pool before and after.
struct QuestionChange: Sendable {
    let id: QuestionID
    /// The question as it was; `nil`: not in the pool.
    let old: QuestionPool.Question?
    /// The question as it will be; `nil`: no longer in the pool.
    let new: QuestionPool.Question?
    /// Its place in the pool.
    let position: Int

    /// What leads from one pool to another. A question that only moved counts as changed.
    static func between(_ old: [QuestionPool.Question], _ new: [QuestionPool.Question]) -> [QuestionChange] {
        let removed = old.filter { question in !new.contains { $0.id == question.id } }
            .map { QuestionChange(id: $0.id, old: $0, new: nil, position: 0) }
        return removed
            + new.enumerated().compactMap { position, question in
                let before = old.firstIndex { $0.id == question.id }
                if before == position, old[position] == question { return nil }
                return QuestionChange(
                    id: question.id, old: before.map { old[$0] }, new: question, position: position)
            }
    }

    /// The change in words.
    var line: String {
        switch (old, new) {
        case (_, nil): "- question \(id)"
        case (nil, let new?): "+ question \(id): \(new.text)"
        case (let old?, let new?): old == new ? "~ question \(id): moved" : "~ question \(id): \(new.text)"
        }
    }

    /// Writes the change and its history. A question taken out keeps its row: people are enrolled with it.
    func save(as event: AuditEvent, _ audit: AuditLog, _ transaction: Transaction) throws {
        if let new {
            try QuestionStore.save(new, at: position, transaction)
        } else {
            try QuestionStore.remove(id, at: event.at, transaction)
        }
        let action = old == nil ? "questionAdded" : new == nil ? "questionRemoved" : "questionChanged"
        let row = event.about(nil, action: action).with { event in
            event.store = (new ?? old)?.store
            event.detail = [
                JSONMember(name: "question", value: .string(id.text)),
                JSONMember(name: "from", value: old.map { .string($0.text) } ?? .null),
                JSONMember(name: "to", value: new.map { .string($0.text) } ?? .null),
            ]
        }
        _ = try audit.append(row, in: transaction)
    }
}

extension QuestionPool.Question {
    /// As a file has it.
    var json: JSON {
        .object([
            "id": .string(id.text), "store": store.map { .string($0.text) }, "text": .string(text),
        ])
    }
}

extension QuestionPool {
    /// Reads `questions`; none where the file is silent.
    static func read(_ reader: ConfigurationReader, stores: [StoreID]) -> [Question] {
        var questions: [Question] = []
        for item in reader.objects("questions", count: 0...500) {
            let text = item.string("text", length: 5...256)
            let store = item.optionalParsed("store", as: "a store of stores.json5") { name in
                stores.first { $0.text == name }
            }
            let id = item.parsed("id", as: "an id of 1 to 64 characters of A-Z a-z 0-9 _ -") { QuestionID($0) }
            guard let id else { continue }
            if questions.contains(where: { $0.id == id }) {
                item.report("is the id of another question too", at: "id")
            }
            questions.append(Question(id: id, text: text, store: store))
        }
        return questions
    }

    /// A pool with fewer questions than a role asks people to enroll would leave them unable to.
    func check(for roles: [RoleConfiguration], _ reader: ConfigurationReader) {
        for role in roles {
            let count = all.count { $0.store == nil || $0.store == role.store }
            guard RoleSet.lacksQuestions(role, pool: count) != nil else { continue }
            let wanted = role.authentication.questionsToEnroll
            reader.report(
                "has \(count) questions, and role \(role.id) of store \(role.store) asks people to enroll with \(wanted)",
                at: "questions")
        }
    }
}
