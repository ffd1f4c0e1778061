import Platform

/// A number that only grows.
public final class Counter: MetricFamily {
    /// The count of one set of label values, for whoever counts it often.
    public struct Series: Sendable {
        let count: Lock<Int>

        /// Counts further; less than nothing is not counted.
        public func add(_ number: Int = 1) {
            guard number > 0 else { return }
            count.withLock { count in
                let (sum, overflow) = count.addingReportingOverflow(number)
                count = overflow ? .max : sum
            }
        }
    }

    let head: MetricHead
    private let series: SeriesTable<Int>

    init(_ head: MetricHead) {
        self.head = head
        series = SeriesTable(labelCount: head.labels.count, initial: 0)
    }

    /// Counts further; less than nothing is not counted.
    ///
    /// - Parameters:
    ///   - number: how many.
    ///   - labelValues: one for each label, from small fixed sets.
    public func add(_ number: Int = 1, _ labelValues: String...) {
        guard number > 0 else { return }
        Series(count: series.place(labelValues)).add(number)
    }

    /// The count of these label values, to be kept.
    public func series(_ labelValues: String...) -> Series {
        Series(count: series.place(labelValues))
    }

    /// The count so far.
    public func value(_ labelValues: String...) -> Int {
        series.value(labelValues)
    }

    func render(into text: inout String) {
        head.render(kind: "counter", into: &text)
        for (values, number) in series.sorted { head.sample("", values, String(number), into: &text) }
    }
}
