import Model
import StrictJSON
import Web

/// The numbers of the dashboard (C3).
struct SummaryRoutes: Sendable {
    let collaborators: Collaborators

    /// Where the caller names no beginning: this long before the end.
    private static let usualRange = Duration.seconds(30 * 86_400)

    @Sendable func read(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let desk = try await call.desk(collaborators)
        let range = try range(of: call.request)
        let stores = Set(try call.request.storeList("store"))
        let numbers = try await ReadSummary(collaborators: collaborators).run(range, stores: stores, for: desk)
        return .json(
            200,
            .object([
                "from": .string(range.from.rfc3339), "to": .string(range.to.rfc3339),
                "numbers": .array(numbers.map(\.json)),
            ]))
    }

    private func range(of request: Request) throws -> SummaryRange {
        let to = try request.query("to") { Timestamp(rfc3339: $0) } ?? collaborators.clock.now()
        let from = try request.query("from") { Timestamp(rfc3339: $0) }
        return SummaryRange(from: rounded(from ?? to - Self.usualRange) ?? rounded(to) ?? to, to: rounded(to) ?? to)
    }

    /// As it is written in the lists' queries, so that they mean the same moment; `nil` before the year 0.
    private func rounded(_ moment: Timestamp) -> Timestamp? { Timestamp(rfc3339: moment.rfc3339) }
}

extension SummaryNumber {
    fileprivate var json: JSON {
        .object([
            "name": .string(name), "type": type.map { .string($0.rawValue) },
            "outcome": outcome.map { .string($0.rawValue) }, "count": .integer(Int64(count)), "list": .string(list),
        ])
    }
}
