import Observability
import Platform
import StrictJSON

/// The router's work, for callers of any type.
struct Dispatcher: Sendable {
    let tree: RouteTree
    let record: RequestRecord
    let problem: @Sendable (any Error) -> Problem?

    func respond(to request: Request) async -> Response {
        let start = MonotonicTime.nanoseconds()
        return await RequestContext.$requestID.withValue(request.requestID) {
            let (row, response) = await answer(request)
            record.ended(request, row, response, since: start)
            return response.standardized(requestID: request.requestID)
        }
    }

    private func answer(_ request: Request) async -> (Row?, Response) {
        var row: Row?
        do {
            let (found, values) = try find(request)
            row = found
            return (row, try await found.answer(request, PathParameters(names: found.names, values: values)))
        } catch {
            return (row, .problem(explain(error), requestID: request.requestID))
        }
    }

    private func find(_ request: Request) throws(Problem) -> (Row, [String]) {
        if let problem = request.targetProblem { throw problem }
        guard let match = tree.match(request.segments[...]) else { throw .notFound }
        if let row = match.rows.first(where: { $0.method == request.method }) { return (row, match.values) }
        if request.method == .head, let row = match.rows.first(where: { $0.method == .get }) {
            return (row, match.values)
        }
        let methods = match.rows.map(\.method)
        let allowed = methods.contains(.get) ? methods + [.head] : methods
        throw .methodNotAllowed(Set(allowed).sorted { $0.description < $1.description })
    }

    private func explain(_ error: any Error) -> Problem {
        if let problem = error as? Problem { return problem }
        if let problem = problem(error) { return problem }
        if let error = error as? JSONError { return .invalidBody(error) }
        record.failed(error)
        return .internal
    }
}

extension Response {
    /// The same answer with the fields every answer carries; a row may have set its own `Cache-Control`.
    public func standardized(requestID: RequestID) -> Response {
        var result = self
        result.headers.reserveCapacity(headers.count + 3)
        result.headers.append((Request.idField, requestID.text))
        if header("Cache-Control") == nil { result.headers.append(("Cache-Control", "no-store")) }
        result.headers.append(("X-Content-Type-Options", "nosniff"))
        return result
    }
}
