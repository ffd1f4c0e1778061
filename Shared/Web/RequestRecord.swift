import Observability
import Platform

/// What is written down about each request: one log line and two metrics. Names of rows, never paths: those hold ids.
struct RequestRecord: Sendable {
    private let log: Log
    private let requests: Counter
    private let durations: Histogram
    private let kept = Lock<[Outcome: Numbers]>([:])

    private struct Outcome: Hashable {
        let operation: String
        let status: Int
    }

    private struct Numbers {
        let requests: Counter.Series
        let durations: Histogram.Series
    }

    init(log: Log, metrics: Metrics) {
        self.log = log
        requests = metrics.counter(
            "http_requests_total", "Requests answered.", labels: ["operation", "status"])
        durations = metrics.histogram(
            "http_request_duration_seconds", "Time from the whole request to its answer.", labels: ["operation"])
    }

    func ended(_ request: Request, _ row: Row?, _ response: Response, since start: UInt64) {
        let nanoseconds = MonotonicTime.nanoseconds() - start
        let operation = row?.operation ?? "none"
        let numbers = numbers(Outcome(operation: operation, status: response.status))
        numbers.requests.add()
        numbers.durations.observe(seconds: Double(nanoseconds) / 1e9)
        if row?.isQuiet == true { return }
        log.info(
            "http.request",
            [
                "method": .init(request.method.description), "operation": .init(operation),
                "status": .init(response.status), "micros": .init(nanoseconds / 1_000),
            ])
    }

    private func numbers(_ outcome: Outcome) -> Numbers {
        kept.withLock { kept in
            if let known = kept[outcome] { return known }
            let new = Numbers(
                requests: requests.series(outcome.operation, String(outcome.status)),
                durations: durations.series(outcome.operation))
            kept[outcome] = new
            return new
        }
    }

    /// The kind of an error nobody mapped. Its text stays out of the log: it may hold what a person typed (PR-02).
    func failed(_ error: any Error) {
        let label = Mirror(reflecting: error).children.first?.label
        log.error(
            "http.unexpected_error",
            ["error": .init(String(reflecting: type(of: error)) + (label.map { "." + $0 } ?? ""))])
    }
}
