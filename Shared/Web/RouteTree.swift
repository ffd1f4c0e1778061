/// A route table as a tree of path segments, built once.
///
/// A literal segment goes before a parameter: `/v1/sessions/current` is never the session with the id `current`, unless
/// no row below the literal has the rest of the path.
struct RouteTree: Sendable {
    /// What a path leads to.
    struct Match {
        let rows: [Row]
        let values: [String]
    }

    private var literals: [(segment: String, tree: RouteTree)] = []
    private var parameter: [RouteTree] = []
    private var rows: [Row] = []

    init() {}

    init(_ rows: [Row]) {
        for row in rows { insert(row, row.segments[...]) }
    }

    private mutating func insert(_ row: Row, _ rest: ArraySlice<String>) {
        guard let segment = rest.first else {
            precondition(!rows.contains { $0.method == row.method }, "two rows for \(row.operation)")
            rows.append(row)
            return
        }
        if isParameter(segment) {
            if parameter.isEmpty { parameter.append(RouteTree()) }
            parameter[0].insert(row, rest.dropFirst())
            return
        }
        let index = literals.firstIndex { $0.segment == segment } ?? literals.endIndex
        if index == literals.endIndex { literals.append((segment, RouteTree())) }
        literals[index].tree.insert(row, rest.dropFirst())
    }

    /// The rows of a path, of whatever method; `nil` when there are none.
    func match(_ segments: ArraySlice<String>) -> Match? {
        var values: [String] = []
        return match(segments, &values)
    }

    private func match(_ rest: ArraySlice<String>, _ values: inout [String]) -> Match? {
        guard let segment = rest.first else { return rows.isEmpty ? nil : Match(rows: rows, values: values) }
        // By index: taking an element out would hold all of its parts for each comparison.
        for index in literals.indices where equalIgnoringEquivalence(literals[index].segment, segment) {
            if let found = literals[index].tree.match(rest.dropFirst(), &values) { return found }
        }
        guard let parameter = parameter.first, !segment.isEmpty else { return nil }
        values.append(segment)
        if let found = parameter.match(rest.dropFirst(), &values) { return found }
        values.removeLast()
        return nil
    }
}

func isParameter(_ segment: String) -> Bool {
    segment.hasPrefix("{") && segment.hasSuffix("}")
}
