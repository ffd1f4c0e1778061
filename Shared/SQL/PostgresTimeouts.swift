/// How long a PostgreSQL server may take.
public struct PostgresTimeouts: Sendable, Equatable {
    /// For a connection to one host; libpq takes whole seconds, at least 2.
    public var connect: Duration
    /// For one statement; then `busy`.
    public var statement: Duration
    /// For one lock somebody else holds; then `busy`.
    public var lock: Duration

    /// 5, 10 and 5 seconds, unless told otherwise.
    public init(connect: Duration = .seconds(5), statement: Duration = .seconds(10), lock: Duration = .seconds(5)) {
        self.connect = connect
        self.statement = statement
        self.lock = lock
    }

    /// How much longer than a statement may take we wait for its answer ourselves: a server that was stopped in the
    /// middle does not keep its own limits.
    var grace = Duration.seconds(5)
    var answer: Duration { statement + grace }
}
