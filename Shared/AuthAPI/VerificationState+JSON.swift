import Model
import StrictJSON

extension VerificationState {
    /// As it travels.
    public var json: JSON {
        .object([
            "id": .string(id.text), "status": .string(status.rawValue), "action": .string(action.rawValue),
            "accounts": .array(accounts.map { .string($0.text) }), "optional": .bool(isOptional),
            "types": .array(types.map(\.json)), "questions": .array(questions.map(\.json)),
            "questionsNeeded": .integer(Int64(questionsNeeded)),
            "stillNeeded": .object([
                "types": .sorted(neededTypes), "further": .integer(Int64(neededFurther)), "of": .sorted(furtherOf),
            ]),
            "expires": .string(expires.rfc3339), "approval": approval?.json,
        ])
    }

    /// Reads it.
    public init(reader: inout JSONObjectReader) throws(JSONError) {
        let id = try reader.parsed("id") { VerificationID($0) }
        let status: VerificationStatus = try reader.choice("status")
        let action: HelpdeskAction = try reader.choice("action")
        let accounts = try reader.accounts("accounts")
        let isOptional = try reader.bool("optional")
        var types: [OfferedType] = []
        for var item in try reader.objects("types", count: 0...16) {
            types.append(try OfferedType(reader: &item))
            try item.finish()
        }
        var questions: [Question] = []
        for var item in try reader.objects("questions", count: 0...20) {
            questions.append(try Question(reader: &item))
            try item.finish()
        }
        let questionsNeeded = Int(try reader.integer("questionsNeeded", in: 0...20))
        var needed = try reader.object("stillNeeded")
        self.init(
            id: id, status: status, action: action, accounts: accounts, isOptional: isOptional, types: types,
            questions: questions, questionsNeeded: questionsNeeded, neededTypes: try needed.set("types"),
            neededFurther: Int(try needed.integer("further", in: 0...16)), furtherOf: try needed.set("of"),
            expires: try reader.parsed("expires") { Timestamp(rfc3339: $0) })
        try needed.finish()
        if var inner = try reader.optionalObject("approval") {
            approval = try Approval(reader: &inner)
            try inner.finish()
        }
    }
}

extension VerificationState.OfferedType {
    var json: JSON {
        .object([
            "type": .string(type.rawValue), "verifiable": .bool(isVerifiable), "verified": .bool(isVerified),
            "locked": .bool(isLocked), "address": address.map(JSON.string),
            "recentlyChanged": isRecentlyChanged ? true : nil, "delivery": delivery.map(JSON.string),
        ])
    }

    init(reader: inout JSONObjectReader) throws(JSONError) {
        self.init(
            type: try reader.choice("type"), isVerifiable: try reader.bool("verifiable"),
            isVerified: try reader.bool("verified"), isLocked: try reader.bool("locked"),
            address: try reader.optionalString("address", length: 1...512),
            isRecentlyChanged: try reader.optionalBool("recentlyChanged") ?? false,
            delivery: try reader.optionalString("delivery", length: 1...32))
    }
}

extension VerificationState.Question {
    var json: JSON {
        .object([
            "id": .string(id.text), "text": .string(text), "right": isRight.map(JSON.bool),
        ])
    }

    init(reader: inout JSONObjectReader) throws(JSONError) {
        self.init(
            id: try reader.parsed("id") { QuestionID($0) }, text: try reader.string("text", length: 1...1_024),
            isRight: try reader.optionalBool("right"))
    }
}
