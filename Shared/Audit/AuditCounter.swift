import Model
import SQL

/// Counts rows of the history by kind, outcome and type, along the index of `AuditSearch`: the cost is that of the rows
/// within the filter's time, and none of them is read.
public struct AuditCounter {
    /// What is to be counted.
    public struct Question: Sendable {
        let kind: AuditKind
        let outcomes: [AuditOutcome]
        let isByType: Bool

        /// A kind of row with these outcomes, each by itself; with `byType` each authentication type by itself, and none
        /// of the rows without one.
        public init(_ kind: AuditKind, _ outcomes: [AuditOutcome], byType isByType: Bool = false) {
            self.kind = kind
            self.outcomes = outcomes
            self.isByType = isByType
        }
    }

    /// How often something was recorded.
    public struct Count: Sendable, Equatable {
        /// What.
        public let kind: AuditKind
        /// How it ended.
        public let outcome: AuditOutcome
        /// With which authentication type; `nil` where all are counted together.
        public let type: AuthenticationType?
        /// How often.
        public let count: Int
    }

    private let filter: AuditFilter
    private let connection: any Connection

    /// - Parameter filter: which rows count at all; its kinds, outcomes and types are not looked at.
    public init(_ filter: AuditFilter, _ connection: any Connection) {
        var rest = filter
        (rest.kinds, rest.outcomes, rest.types) = ([], [], [])
        self.filter = rest
        self.connection = connection
    }

    /// A number for each outcome and, where asked for, type, in that order.
    public func counts(_ question: Question) throws(DatabaseError) -> [Count] {
        var found: [Count] = []
        for outcome in question.outcomes {
            let types = AuthenticationType.allCases
            let groups: [(AuthenticationType?, [AuthenticationType?])] =
                question.isByType ? types.map { ($0, [$0]) } : [(nil, types + [nil])]
            for (type, members) in groups {
                var count = 0
                for member in members { count += try self.count(.kind(question.kind, outcome, member)) }
                found.append(Count(kind: question.kind, outcome: outcome, type: type, count: count))
            }
        }
        return found
    }

    private func count(_ term: AuditWalk.Term) throws(DatabaseError) -> Int {
        var query = AuditQuery(filter)
        query.add(term)
        let row = try connection.queryOne("SELECT count(*) FROM audit\(query.condition)", query.values)
        return Int(try row?.integer(0) ?? 0)
    }
}
