import Observability

/// The numbers of the account index, by store.
struct IndexNumbers: Sendable {
    let accounts: Gauge
    let lag: Gauge
    let lastSuccess: Gauge
    let progress: Gauge
    let runs: Counter
    let changes: Counter

    init(_ metrics: Metrics) {
        accounts = metrics.gauge("latchkey_index_accounts", "Accounts in the index.", labels: ["store"])
        lag = metrics.gauge(
            "latchkey_index_lag_seconds", "Time since the index was last the same as its directory.", labels: ["store"])
        lastSuccess = metrics.gauge(
            "latchkey_index_last_success_seconds", "When the last synchronization ended (Unix time).",
            labels: ["store"])
        progress = metrics.gauge(
            "latchkey_index_progress_accounts", "Accounts that the latest synchronization was told of so far.",
            labels: ["store"])
        runs = metrics.counter(
            "latchkey_index_runs_total", "Synchronizations, by how they ended.", labels: ["store", "outcome"])
        changes = metrics.counter(
            "latchkey_index_changes_total", "Accounts that synchronization changed or removed.",
            labels: ["store", "change"])
    }
}
