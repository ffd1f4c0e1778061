/// A number that only grows.
public final class Counter: MetricFamily {
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
        series.update(labelValues) { value in
            let (sum, overflow) = value.addingReportingOverflow(number)
            value = overflow ? .max : sum
        }
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
