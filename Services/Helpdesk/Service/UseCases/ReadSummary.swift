import Audit
import Model
import SQL

/// One number of the dashboard, with the list of what it counts (C3).
struct SummaryNumber: Sendable {
    /// What is counted.
    let name: String
    /// Of which authentication type, where the number is of one.
    var type: AuthenticationType?
    /// With which outcome, where the number is of one.
    var outcome: AuditOutcome?
    let count: Int
    /// Path and query that list exactly what was counted.
    let list: String
}

/// A time that has an end.
struct SummaryRange: Sendable {
    /// Not before.
    let from: Timestamp
    /// Before.
    let to: Timestamp
}

/// Counts for the dashboard, each number in a way that its list has exactly as many rows (C3).
///
/// Events are counted by the sums the history keeps of days and hours, and by the rows at the ends of the range.
/// Accounts are counted by the index's own sums.
struct ReadSummary: Sendable {
    let collaborators: Collaborators

    func run(
        _ range: SummaryRange, stores: Set<StoreID>, for desk: DeskOperator
    ) async throws -> [SummaryNumber] {
        var filter = AuditFilter()
        filter.stores = stores
        try ReadHistory.limit(&filter, to: desk)
        (filter.from, filter.until) = (range.from, range.to)
        let (events, link) = (filter, SummaryLink(range, stores))
        let seesUsers = desk.authority.permissions.contains(.searchUsers)
        let reach = stores.isEmpty ? desk.authority.scope : stores
        return try await collaborators.database.read { connection in
            var numbers = seesUsers ? try Self.users(of: reach, link, connection) : []
            let counter = try AuditCounter(events, connection)
            for (name, question) in Self.counted {
                numbers += counter.counts(question).map { count in
                    SummaryNumber(
                        name: name, type: count.type, outcome: count.outcome, count: count.count,
                        list: link.history(count))
                }
            }
            return numbers
        }
    }

    /// What is counted, and whether for each type by itself.
    private static let counted: [(name: String, question: AuditCounter.Question)] = [
        ("enrollments", .init(.enroll, [.success], byType: true)),
        ("unenrollments", .init(.unenroll, [.success], byType: true)),
        ("authentications", .init(.authenticate, [.success, .failure], byType: true)),
        ("lockouts", .init(.lockout, AuditOutcome.allCases)), ("resets", .init(.reset, AuditOutcome.allCases)),
        ("unlocks", .init(.unlock, AuditOutcome.allCases)), ("notices", .init(.notify, AuditOutcome.allCases)),
    ]

    /// How many users there are, are enrolled with each type, and with none.
    private static func users(
        of stores: Set<StoreID>, _ link: SummaryLink, _ connection: any Connection
    ) throws -> [SummaryNumber] {
        let sizes = try IndexCounts.sizes(of: Array(stores), connection)
        func number(_ name: String, _ type: AuthenticationType?, _ list: String, _ isMeant: (Int64) -> Bool)
            -> SummaryNumber
        {
            let count = sizes.filter { isMeant($0.types) }.reduce(0) { $0 + $1.accounts }
            return SummaryNumber(name: name, type: type, count: count, list: list)
        }
        let all = AuthenticationType.allCases
        return [
            number("users", nil, link.users([])) { _ in true },
            number("notEnrolled", nil, link.users(["notEnrolledWith=" + all.map(\.rawValue).joined(separator: ",")])) {
                $0 == 0
            },
        ]
            + all.map { type in
                number("enrolled", type, link.users(["enrolledWith=\(type.rawValue)"])) {
                    $0 & EnrolledTypes.bits([type]) != 0
                }
            }
    }
}

/// The lists behind the numbers.
struct SummaryLink: Sendable {
    private let range: SummaryRange
    private let stores: [String]

    init(_ range: SummaryRange, _ stores: Set<StoreID>) {
        self.range = range
        self.stores = stores.isEmpty ? [] : ["store=" + stores.map(\.text).sorted().joined(separator: ",")]
    }

    /// The rows of the history that were counted.
    func history(_ count: AuditCounter.Count) -> String {
        let type = count.type.map { ["type=\($0.rawValue)"] } ?? []
        let parameters =
            ["kind=\(count.kind.rawValue)", "outcome=\(count.outcome.rawValue)"] + type + stores
            + ["from=\(range.from.rfc3339)", "to=\(range.to.rfc3339)"]
        return "/v1/history?" + parameters.joined(separator: "&")
    }

    /// The users that were counted.
    func users(_ parameters: [String]) -> String {
        let all = parameters + stores
        return "/v1/users" + (all.isEmpty ? "" : "?" + all.joined(separator: "&"))
    }
}
