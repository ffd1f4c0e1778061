/// `; did you mean "…"?` with the known name that is closest to what was written; nothing where none is close.
func suggestion(for name: String, among known: [String]) -> String {
    let written = Array(name.utf8.prefix(64)).map(lowercased)
    var best: (name: String, distance: Int)?
    for candidate in known {
        let distance = editDistance(written, Array(candidate.utf8).map(lowercased))
        if distance <= max(1, written.count / 3), distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best.map { "; did you mean \"\($0.name)\"?" } ?? ""
}

private func lowercased(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
}

/// How many bytes have to be added, removed, replaced or swapped with their neighbor (optimal string alignment).
private func editDistance(_ first: [UInt8], _ second: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...second.count)
    for (line, byte) in first.enumerated() {
        var row = [line + 1]
        for (column, other) in second.enumerated() {
            var distance = min(last[column] + (byte == other ? 0 : 1), last[column + 1] + 1, row[column] + 1)
            if line > 0, column > 0, byte == second[column - 1], first[line - 1] == other {
                distance = min(distance, beforeLast[column - 1] + 1)
            }
            row.append(distance)
        }
        (beforeLast, last) = (last, row)
    }
    return last[second.count]
}
