import SQL

/// Lists of values in statements. Statements are kept by their text, so there must be few different ones: lists come in
/// sizes that are powers of two.
enum Places {
    /// Most rows of one statement.
    static let maximum = 64

    /// Values in parts of at most ``maximum``, each filled up to a power of two with its last one: for `IN`, to which it
    /// is the same.
    static func padded(_ values: [SQLValue]) -> [[SQLValue]] {
        stride(from: 0, to: values.count, by: maximum).map { start in
            let part = values[start..<min(start + maximum, values.count)]
            var size = 1
            while size < part.count { size *= 2 }
            return Array(part) + Array(repeating: part.last ?? .null, count: size - part.count)
        }
    }

    /// Rows in parts whose sizes are powers of two, the largest first: for `VALUES`.
    static func parts<Element>(of rows: [Element]) -> [ArraySlice<Element>] {
        var parts: [ArraySlice<Element>] = []
        var (start, size) = (0, maximum)
        while start < rows.count {
            while size > rows.count - start { size /= 2 }
            parts.append(rows[start..<start + size])
            start += size
        }
        return parts
    }

    /// `$4, $5, $6`.
    static func list(from first: Int, count: Int) -> String {
        (first..<first + count).map { "$\($0)" }.joined(separator: ", ")
    }

    /// `($1, $2), ($3, $4)`.
    static func rows(_ count: Int, of columns: Int) -> String {
        (0..<count).map { "(" + list(from: $0 * columns + 1, count: columns) + ")" }.joined(separator: ", ")
    }
}
