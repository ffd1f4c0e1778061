/// A route as the router uses it: the caller's type is gone into a closure, so that what every request goes through is
/// compiled once and not for any caller.
struct Row: Sendable {
    let method: Method
    let operation: String
    let isQuiet: Bool
    /// The pattern's segments; a parameter is one in braces.
    let segments: [String]
    /// The names of the pattern's parameters, in order.
    let names: [String]
    /// Lets the caller in, checks the rules of the row and calls the handler.
    let answer: @Sendable (Request, PathParameters) async throws -> Response

    init<Caller>(_ route: Route<Caller>, authorize: @escaping Router<Caller>.Authorize) {
        method = route.method
        operation = route.operation
        isQuiet = route.isQuiet
        segments = route.pattern.split(separator: "/").map(String.init)
        names = segments.filter(isParameter).map { String($0.dropFirst().dropLast()) }
        let (access, handler, rules) = (route.access, route.handler, RowRules(route))
        answer = { request, parameters in
            let caller = try await authorize(request, access)
            try rules.check(request)
            return try await handler(Call(request: request, parameters: parameters, caller: caller))
        }
    }
}

/// What a row demands of the request's form.
struct RowRules: Sendable {
    private let queryNames: [String]
    private let consumed: [String]
    private let accepted: [String]

    init<Caller>(_ route: Route<Caller>) {
        queryNames = route.queryNames
        consumed = route.consumedTypes
        accepted = route.producedTypes + ["application/problem+json"]
    }

    func check(_ request: Request) throws(Problem) {
        if !request.body.isEmpty {
            guard request.method.takesBody else { throw .unexpectedBody }
            guard MediaType.isOne(of: consumed, request.headers["Content-Type"]) else {
                throw .unsupportedMediaType(consumed)
            }
        }
        let ranges = request.headers.values("Accept")
        guard ranges.isEmpty || MediaType.accepts(ranges, anyOf: accepted) else { throw .notAcceptable }
        if !request.query.isEmpty { try request.allowQuery(queryNames) }
    }
}
