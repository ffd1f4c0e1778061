import Platform

/// All series of one name.
protocol MetricFamily: AnyObject, Sendable {
    var head: MetricHead { get }
    func render(into text: inout String)
}

/// Name, help and label names of a metric.
struct MetricHead: Sendable {
    let name: String
    let help: String
    let labels: [String]

    init(_ name: StaticString, _ help: StaticString, _ labels: [StaticString]) {
        self.name = name.description
        self.help = help.description
        self.labels = labels.map(\.description)
    }

    /// The two comment lines before the series; a help text has its backslashes and line feeds escaped.
    func render(kind: String, into text: inout String) {
        text += "# HELP \(name) \(escaped(help, quotes: false))\n# TYPE \(name) \(kind)\n"
    }

    /// One sample.
    func sample(_ suffix: String, _ values: [String], extra: String? = nil, _ number: String, into text: inout String) {
        var pairs = zip(labels, values).map { $0 + "=\"" + escaped($1, quotes: true) + "\"" }
        if let extra { pairs.append(extra) }
        text += name + suffix
        if !pairs.isEmpty { text += "{" + pairs.joined(separator: ",") + "}" }
        text += " " + number + "\n"
    }
}

/// The values of one metric, by the values of its labels.
///
/// Label values must come from small fixed sets. Should one come from outside after all, the thousandth series takes
/// what is left, so that a hostile client cannot fill the memory.
final class SeriesTable<Value: Sendable>: Sendable {
    private static var maximum: Int { 1_000 }
    private let labelCount: Int
    private let initial: Value
    private let series: Lock<[[String]: Lock<Value>]>

    init(labelCount: Int, initial: Value) {
        self.labelCount = labelCount
        self.initial = initial
        series = Lock(labelCount == 0 ? [[]: Lock(initial)] : [:])
    }

    /// Where the value of these labels stands; whoever changes it often keeps the place.
    func place(_ values: [String]) -> Lock<Value> {
        let values = fitted(values)
        return series.withLock { series in
            if let known = series[values] { return known }
            let isFull = series.count >= Self.maximum
            let key = isFull ? Array(repeating: "other", count: labelCount) : values
            let place = series[key] ?? Lock(initial)
            series[key] = place
            return place
        }
    }

    func update(_ values: [String], _ change: (inout Value) -> Void) {
        place(values).withLock(change)
    }

    func value(_ values: [String]) -> Value {
        let values = fitted(values)
        return series.withLock { $0[values] }?.withLock { $0 } ?? initial
    }

    var sorted: [(key: [String], value: Value)] {
        series.withLock { $0 }.map { ($0.key, $0.value.withLock { $0 }) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    /// As many values as there are labels.
    private func fitted(_ values: [String]) -> [String] {
        if values.count == labelCount { return values }
        return Array(values.prefix(labelCount)) + Array(repeating: "", count: max(0, labelCount - values.count))
    }
}

/// A number as Prometheus reads it.
func sampleText(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
    return number.description
}

private func escaped(_ text: String, quotes: Bool) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
        case "\n": result.append(contentsOf: "\\n".unicodeScalars)
        case "\"" where quotes: result.append(contentsOf: "\\\"".unicodeScalars)
        default: result.append(scalar)
        }
    }
    return String(result)
}
