import Platform

/// The numbers a service shows of itself, in Prometheus' text format 0.0.4.
///
/// Asking twice for a metric of the same name gives the same one.
public final class Metrics: Sendable {
    /// The media type of `render()`.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"
    /// Upper bounds for times of requests, in seconds.
    public static let requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

    private let families = Lock<[any MetricFamily]>([])

    /// No metrics yet.
    public init() {}

    /// A number that only grows. By convention its name ends in `_total`.
    public func counter(_ name: StaticString, _ help: StaticString, labels: [StaticString] = []) -> Counter {
        register(Counter(MetricHead(name, help, labels)))
    }

    /// A number that goes up and down.
    public func gauge(_ name: StaticString, _ help: StaticString, labels: [StaticString] = []) -> Gauge {
        register(Gauge(MetricHead(name, help, labels)))
    }

    /// A number that is read when the metrics are shown.
    public func gauge(_ name: StaticString, _ help: StaticString, read: @escaping @Sendable () -> Double) {
        _ = register(ReadGauge(MetricHead(name, help, []), read: read))
    }

    /// Times, counted by how long they are.
    ///
    /// - Parameter buckets: upper bounds in seconds; sorted, with infinity added.
    public func histogram(
        _ name: StaticString, _ help: StaticString, labels: [StaticString] = [],
        buckets: [Double] = Metrics.requestBuckets
    ) -> Histogram {
        register(Histogram(MetricHead(name, help, labels), bounds: buckets.filter(\.isFinite).sorted()))
    }

    /// Everything, in the order it was registered; labels of a metric are sorted.
    public func render() -> String {
        var text = ""
        for family in families.withLock({ $0 }) { family.render(into: &text) }
        return text
    }

    /// One name for two kinds of metric is a mistake of the program, found when it starts.
    private func register<Family: MetricFamily>(_ new: Family) -> Family {
        families.withLock { families in
            guard let existing = families.first(where: { $0.head.name == new.head.name }) else {
                families.append(new)
                return new
            }
            guard let same = existing as? Family else {
                preconditionFailure("the metric \(new.head.name) is registered as two kinds")
            }
            return same
        }
    }
}
