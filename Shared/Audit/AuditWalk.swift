import Model

/// One way along an index, in the order of the history: a part of what a filter asks for.
struct AuditWalk {
    /// What the index begins with.
    enum Term {
        case subject(AccountID)
        case actor(AccountID)
        case combination(AuditCombination)
    }

    let term: Term?
    /// What has to be compared on the way.
    let filter: AuditFilter

    /// Ways for people, operations and verifications; `nil` for a filter without them.
    static func ofPeople(_ filter: AuditFilter) -> [AuditWalk]? {
        if filter.operation != nil || filter.verification != nil { return [AuditWalk(term: nil, filter: filter)] }
        guard !filter.accounts.isEmpty || filter.subject != nil || filter.actor != nil else { return nil }
        guard !filter.accounts.isEmpty else { return [AuditWalk(term: nil, filter: filter)] }
        var rest = filter
        rest.accounts = []
        return filter.accounts.flatMap { account in
            [AuditWalk(term: .subject(account), filter: rest), AuditWalk(term: .actor(account), filter: rest)]
        }
    }

    /// Ways for combinations, which are all those a filter lets through.
    static func of(_ combinations: [AuditCombination], _ filter: AuditFilter) -> [AuditWalk] {
        var rest = AuditFilter()
        (rest.from, rest.until, rest.device) = (filter.from, filter.until, filter.device)
        return combinations.map { AuditWalk(term: .combination($0), filter: rest) }
    }

    /// The order of the walk. What it begins with is the same in every row; it is named so that both engines see that the
    /// index has this order.
    func order(_ isForward: Bool) -> String {
        var columns = ["at", "sequence"]
        if case .combination = term { columns = AuditCombination.columns + columns }
        return "ORDER BY " + columns.map { isForward ? $0 + " DESC" : $0 }.joined(separator: ", ")
    }
}
