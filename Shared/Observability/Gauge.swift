/// A number that goes up and down.
public final class Gauge: MetricFamily {
    let head: MetricHead
    private let series: SeriesTable<Double>

    init(_ head: MetricHead) {
        self.head = head
        series = SeriesTable(labelCount: head.labels.count, initial: 0)
    }

    /// Sets the number.
    public func set(_ number: Double, _ labelValues: String...) {
        series.update(labelValues) { $0 = number }
    }

    /// Sets the number.
    public func set(_ number: Int, _ labelValues: String...) {
        series.update(labelValues) { $0 = Double(number) }
    }

    /// Moves the number up, or down by less than nothing.
    public func add(_ number: Double, _ labelValues: String...) {
        series.update(labelValues) { $0 += number }
    }

    /// The number now.
    public func value(_ labelValues: String...) -> Double {
        series.value(labelValues)
    }

    func render(into text: inout String) {
        head.render(kind: "gauge", into: &text)
        for (values, number) in series.sorted { head.sample("", values, sampleText(number), into: &text) }
    }
}

/// A gauge that asks for its number when it is shown.
final class ReadGauge: MetricFamily {
    let head: MetricHead
    private let read: @Sendable () -> Double

    init(_ head: MetricHead, read: @escaping @Sendable () -> Double) {
        self.head = head
        self.read = read
    }

    func render(into text: inout String) {
        head.render(kind: "gauge", into: &text)
        head.sample("", [], sampleText(read()), into: &text)
    }
}
