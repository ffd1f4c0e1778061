/// One row of a service's route table.
public struct Route<Caller: Sendable>: Sendable {
    /// Answers one call. What it throws becomes a problem: a `Problem` as it is, others by the service's mapper.
    public typealias Handler = @Sendable (Call<Caller>) async throws -> Response

    /// The method; a GET row also answers HEAD.
    public let method: Method
    /// The path, with parameters as whole segments: `/v1/users/{id}/password-resets`.
    public let pattern: String
    /// The `operationId` of the OpenAPI document, and the name in logs and metrics.
    public let operation: String
    /// What the caller has to be.
    public let access: Access
    /// What answers.
    public let handler: Handler
    /// The query parameters the row knows; any other is answered with 400.
    public private(set) var queryNames: [String] = []
    /// The types of body the row takes.
    public private(set) var consumedTypes = ["application/json"]
    /// The types of body the row answers with.
    public private(set) var producedTypes = ["application/json"]
    /// Whether calls are counted but not logged, as probes are.
    public private(set) var isQuiet = false

    /// Makes a row.
    public init(
        _ method: Method, _ pattern: String, _ operation: String, _ access: Access, _ handler: @escaping Handler
    ) {
        self.method = method
        self.pattern = pattern
        self.operation = operation
        self.access = access
        self.handler = handler
    }

    /// The same row, with these query parameters.
    public func query(_ names: String...) -> Route {
        var row = self
        row.queryNames = names
        return row
    }

    /// The same row, for bodies of these types.
    public func consuming(_ types: String...) -> Route {
        var row = self
        row.consumedTypes = types
        return row
    }

    /// The same row, answering with these types.
    public func producing(_ types: String...) -> Route {
        var row = self
        row.producedTypes = types
        return row
    }

    /// The same row, counted but not logged.
    public func quiet() -> Route {
        var row = self
        row.isQuiet = true
        return row
    }
}

/// One request on its way through one row.
public struct Call<Caller: Sendable>: Sendable {
    /// The request.
    public let request: Request
    /// The values of the pattern's parameters, percent-decoded once.
    public let parameters: PathParameters
    /// Who calls, as the service's `authorize` found.
    public let caller: Caller

    /// Makes a call of its parts.
    public init(request: Request, parameters: PathParameters, caller: Caller) {
        self.request = request
        self.parameters = parameters
        self.caller = caller
    }

    /// The value of a parameter of the pattern, converted.
    ///
    /// - Throws: 404 `web.not_found` when it cannot be converted: what cannot be an id names nothing.
    public func parameter<T>(_ name: String, _ parse: (String) -> T?) throws(Problem) -> T {
        guard let value = parameters[name].flatMap(parse) else { throw .notFound }
        return value
    }
}

/// The values of a pattern's parameters.
public struct PathParameters: Sendable {
    private let names: [String]
    private let values: [String]

    /// Pairs names with values, in the order of the pattern.
    public init(names: [String] = [], values: [String] = []) {
        self.names = names
        self.values = values
    }

    /// The value of a parameter; `nil` when the pattern has none of that name.
    public subscript(name: String) -> String? {
        guard let index = names.firstIndex(of: name), values.indices.contains(index) else { return nil }
        return values[index]
    }
}
