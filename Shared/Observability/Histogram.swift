import Model
import Platform

/// Times, counted by how long they are.
public final class Histogram: MetricFamily {
    struct Counts: Sendable {
        var inBucket: [Int]
        var count = 0
        var sum = 0.0
    }

    /// The times of one set of label values, for whoever counts them often.
    public struct Series: Sendable {
        let bounds: [Double]
        let counts: Lock<Counts>

        /// Counts one time; what is not a number of seconds is not counted.
        public func observe(seconds: Double) {
            guard !seconds.isNaN else { return }
            let bucket = bounds.firstIndex { seconds <= $0 }
            counts.withLock { counts in
                if let bucket { counts.inBucket[bucket] &+= 1 }
                counts.count &+= 1
                counts.sum += seconds
            }
        }
    }

    let head: MetricHead
    private let bounds: [Double]
    private let series: SeriesTable<Counts>

    init(_ head: MetricHead, bounds: [Double]) {
        self.head = head
        self.bounds = bounds
        let none = Counts(inBucket: Array(repeating: 0, count: bounds.count))
        series = SeriesTable(labelCount: head.labels.count, initial: none)
    }

    /// Counts one time.
    ///
    /// - Parameters:
    ///   - seconds: what is not a number is not counted.
    ///   - labelValues: one for each label, from small fixed sets.
    public func observe(seconds: Double, _ labelValues: String...) {
        record(seconds, labelValues)
    }

    /// Counts one time.
    public func observe(_ span: Duration, _ labelValues: String...) {
        record(Double(span.wholeMicroseconds) / 1_000_000, labelValues)
    }

    /// The times of these label values, to be kept.
    public func series(_ labelValues: String...) -> Series {
        Series(bounds: bounds, counts: series.place(labelValues))
    }

    private func record(_ seconds: Double, _ labelValues: [String]) {
        guard !seconds.isNaN else { return }
        Series(bounds: bounds, counts: series.place(labelValues)).observe(seconds: seconds)
    }

    func render(into text: inout String) {
        head.render(kind: "histogram", into: &text)
        for (values, counts) in series.sorted {
            var total = 0
            for (bound, number) in zip(bounds, counts.inBucket) {
                total &+= number
                head.sample("_bucket", values, extra: "le=\"\(bound)\"", String(total), into: &text)
            }
            head.sample("_bucket", values, extra: "le=\"+Inf\"", String(counts.count), into: &text)
            head.sample("_sum", values, sampleText(counts.sum), into: &text)
            head.sample("_count", values, String(counts.count), into: &text)
        }
    }
}
