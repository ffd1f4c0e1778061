import Model
import SQL

/// Counts rows of the history by kind, outcome and type, from the sums that are kept of whole days and hours and the rows at
/// the ends of the time: a number is that of the list (`AuditSearch`), and its cost not that of its rows.
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

    private let rows: [AuditCombination: Int]

    /// Counts once for all questions.
    ///
    /// - Parameter filter: which rows count at all; only its time, stores, parts and action are looked at.
    public init(_ filter: AuditFilter, _ connection: any Connection) throws(DatabaseError) {
        var rest = filter
        (rest.kinds, rest.outcomes, rest.types) = ([], [], [])
        rows = try AuditCounts.rows(rest, connection)
    }

    /// A number for each outcome and, where asked for, type, in that order.
    public func counts(_ question: Question) -> [Count] {
        question.outcomes.flatMap { outcome in
            let types: [AuthenticationType?] = question.isByType ? AuthenticationType.allCases : [nil]
            return types.map { type in
                Count(
                    kind: question.kind, outcome: outcome, type: type,
                    count: count(question.kind, outcome, type))
            }
        }
    }

    private func count(_ kind: AuditKind, _ outcome: AuditOutcome, _ type: AuthenticationType?) -> Int {
        rows.reduce(0) { sum, each in
            let combination = each.key
            let counts =
                combination.kind == kind.rawValue && combination.outcome == outcome.rawValue
                && (type.map { combination.type == $0.rawValue } ?? true)
            return counts ? sum + each.value : sum
        }
    }
}
