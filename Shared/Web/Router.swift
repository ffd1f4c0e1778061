import Observability

/// Takes a request to its row, and whatever happens there to an answer.
///
/// In order: the target is understood (400), the path found (404), the method (405), the caller let in (`authorize`),
/// the body's type (415), `Accept` (406) and the query (400) checked, the handler called. Whatever is thrown becomes a
/// problem document; what nobody knows becomes 500 `internal` and is logged.
public struct Router<Caller: Sendable>: Sendable {
    /// Lets a caller through a row or throws the problem; it is asked for every row, `.anybody` included.
    public typealias Authorize = @Sendable (Request, Access) async throws -> Caller
    /// Turns an error of the service's domain into a problem; `nil` for those it does not know.
    public typealias ProblemMapper = @Sendable (any Error) -> Problem?

    /// The route table.
    public let routes: [Route<Caller>]
    private let dispatcher: Dispatcher

    /// Builds the tree. Two rows of one method and path are a mistake in the program and end it at start.
    public init(
        routes: [Route<Caller>], log: Log, metrics: Metrics, authorize: @escaping Authorize,
        problem: @escaping ProblemMapper = { _ in nil }
    ) {
        self.routes = routes
        let tree = RouteTree(routes.map { Row($0, authorize: authorize) })
        dispatcher = Dispatcher(tree: tree, record: RequestRecord(log: log, metrics: metrics), problem: problem)
    }

    /// Answers a request, always.
    public func respond(to request: Request) async -> Response {
        await dispatcher.respond(to: request)
    }
}
