import Model
import SQL

/// Turns a filter into a condition with parameters (IN-04).
struct AuditQuery {
    private var terms: [String] = []
    private(set) var values: [SQLValue] = []

    init(_ filter: AuditFilter) {
        addAccounts(filter.accounts)
        addEqual("subject", filter.subject?.text)
        addEqual("actor", filter.actor?.text)
        addEqual("action", filter.action)
        addEqual("operation", filter.operation?.text)
        addEqual("verification", filter.verification?.text)
        addOneOf("actor_kind", filter.actorKinds.map(\.rawValue))
        addOneOf("kind", filter.kinds.map(\.rawValue))
        addOneOf("outcome", filter.outcomes.map(\.rawValue))
        addOneOf("store", filter.stores.map(\.text))
        addOneOf("type", filter.types.map(\.rawValue))
        addDevice(filter.device)
        if let from = filter.from { terms.append("at >= \(bind(SQLValue(from)))") }
        if let until = filter.until { terms.append("at < \(bind(SQLValue(until)))") }
    }

    /// ` WHERE …`, or nothing.
    var condition: String {
        terms.isEmpty ? "" : " WHERE " + terms.joined(separator: " AND ")
    }

    /// Adds a value and answers its place in the statement.
    mutating func bind(_ value: SQLValue) -> String {
        values.append(value)
        return "$\(values.count)"
    }

    /// What an index begins with.
    mutating func add(_ term: AuditWalk.Term) {
        switch term {
        case .subject(let account): addEqual("subject", account.text)
        case .actor(let account): addEqual("actor", account.text)
        case .combination(let combination):
            for (column, text) in zip(AuditCombination.columns, combination.values) {
                if text.isEmpty { terms.append("\(column) IS NULL") } else { addEqual(column, text) }
            }
        }
    }

    /// Only counts of spans of a time.
    mutating func within(span: Int64, from: Int64, until: Int64) {
        terms.append("span = \(bind(.integer(span)))")
        terms.append("start >= \(bind(.integer(from)))")
        terms.append("start < \(bind(.integer(until)))")
    }

    /// Only rows beyond a place: older ones, or newer ones.
    mutating func goOn(from position: AuditPosition, _ isForward: Bool) {
        terms.append("(at, sequence) \(isForward ? "<" : ">") \(place(position))")
    }

    /// Only rows up to a place, that one included.
    mutating func end(at position: AuditPosition, _ isForward: Bool) {
        terms.append("(at, sequence) \(isForward ? ">=" : "<=") \(place(position))")
    }

    private mutating func place(_ position: AuditPosition) -> String {
        "(\(bind(SQLValue(position.at))), \(bind(.integer(position.sequence))))"
    }

    private mutating func addEqual(_ column: String, _ text: String?) {
        if let text { terms.append("\(column) = \(bind(.text(text)))") }
    }

    private mutating func addOneOf(_ column: String, _ texts: [String]) {
        guard !texts.isEmpty else { return }
        terms.append("\(column) IN (\(places(texts)))")
    }

    private mutating func addAccounts(_ accounts: [AccountID]) {
        guard !accounts.isEmpty else { return }
        let places = places(accounts.map(\.text))
        terms.append("(subject IN (\(places)) OR actor IN (\(places)))")
    }

    private mutating func addDevice(_ text: String?) {
        guard let text else { return }
        var pattern = ""
        for scalar in text.unicodeScalars {
            if scalar == "%" || scalar == "_" || scalar == "\\" { pattern.append("\\") }
            pattern.unicodeScalars.append(scalar)
        }
        let place = bind(.text("%\(pattern)%"))
        let matches = ["client", "source"].map { "lower(\($0)) LIKE lower(\(place)) ESCAPE '\\'" }
        terms.append("(\(matches.joined(separator: " OR ")))")
    }

    private mutating func places(_ texts: [String]) -> String {
        texts.sorted().map { bind(.text($0)) }.joined(separator: ", ")
    }
}
