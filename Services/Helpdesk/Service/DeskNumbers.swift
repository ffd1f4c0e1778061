import Observability

/// The numbers this service shows of itself, besides those of HTTP and the outbox.
public struct DeskNumbers: Sendable {
    let acts: Counter
    let unknown: Counter
    let authUnavailable: Counter
    let feedLag: Gauge
    let index: IndexNumbers

    /// Registers them.
    public init(_ metrics: Metrics) {
        acts = metrics.counter(
            "latchkey_acts_total", "Accounts acted on, by what was done and how it ended.",
            labels: ["action", "outcome"])
        unknown = metrics.counter(
            "latchkey_operations_unknown", "Directory writes of which nobody can tell whether they took place.")
        authUnavailable = metrics.counter(
            "latchkey_auth_unavailable_total", "Acts given up because the auth service could not be asked.")
        feedLag = metrics.gauge(
            "latchkey_feed_lag_seconds", "Age of the oldest event of the auth service that is not copied yet.")
        index = IndexNumbers(metrics)
    }
}
