import Model

/// One way along an index, in the order of the history: a part of what a filter asks for.
struct AuditWalk {
    /// What the index begins with.
    enum Term {
        case subject(AccountID)
        case actor(AccountID)
        case kind(AuditKind, AuditOutcome, AuthenticationType?)
    }

    let term: Term?
    /// What has to be compared on the way.
    let filter: AuditFilter

    /// More ways than this are not merged.
    private static let most = 300

    /// The ways whose rows are those of the filter; `nil` where no index helps.
    static func all(of filter: AuditFilter) -> [AuditWalk]? {
        if filter.operation != nil || filter.verification != nil { return [AuditWalk(term: nil, filter: filter)] }
        if !filter.accounts.isEmpty || filter.subject != nil || filter.actor != nil { return accounts(filter) }
        // A text in the device is compared row by row: the search has to end somewhere.
        return filter.device == nil ? kinds(filter) : nil
    }

    private static func accounts(_ filter: AuditFilter) -> [AuditWalk] {
        guard !filter.accounts.isEmpty else { return [AuditWalk(term: nil, filter: filter)] }
        var rest = filter
        rest.accounts = []
        return filter.accounts.flatMap { account in
            [AuditWalk(term: .subject(account), filter: rest), AuditWalk(term: .actor(account), filter: rest)]
        }
    }

    private static func kinds(_ filter: AuditFilter) -> [AuditWalk]? {
        // Nearly every row is a success: that alone does not narrow.
        let narrows =
            !filter.kinds.isEmpty || !filter.types.isEmpty
            || !filter.outcomes.isEmpty && !filter.outcomes.contains(.success)
        guard narrows else { return nil }
        let kinds = filter.kinds.isEmpty ? AuditKind.allCases : Array(filter.kinds)
        let outcomes = filter.outcomes.isEmpty ? AuditOutcome.allCases : Array(filter.outcomes)
        let types: [AuthenticationType?] =
            filter.types.isEmpty ? AuthenticationType.allCases + [nil] : Array(filter.types)
        guard kinds.count * outcomes.count * types.count <= most else { return nil }
        var rest = filter
        (rest.kinds, rest.outcomes, rest.types) = ([], [], [])
        return kinds.flatMap { kind in
            outcomes.flatMap { outcome in
                types.map { AuditWalk(term: .kind(kind, outcome, $0), filter: rest) }
            }
        }
    }
}
