import TextFolding

/// A CSV file with a header, checked against the columns it may have.
///
/// Problems are collected, so that an administrator sees them all at once.
struct ImportTable {
    /// One record below the header.
    struct Row {
        let line: Int
        fileprivate let values: [String: String]

        /// The field of a column in normalization form C without spaces at its ends; `nil` when the file lacks the column.
        subscript(column: String) -> String? { values[column].map { TextFolding.nfc(trimmed($0)) } }

        /// The field as it stands, for passwords.
        func exact(_ column: String) -> String? { values[column] }
    }

    let file: String
    private(set) var columns: Set<String> = []
    private(set) var rows: [Row] = []
    var problems: [ImportProblem] = []

    init(file: String, bytes: [UInt8], required: [String], optional: [String] = []) {
        self.file = file
        do throws(CSVRecords.Failure) {
            let records = try CSVRecords.parse(bytes)
            guard let header = records.first else {
                report(1, nil, "The file is empty; its first line has to name the columns.")
                return
            }
            readHeader(header, required: required, optional: optional)
            for record in records.dropFirst() { read(record, under: header) }
        } catch {
            rows = []
            report(error.line, nil, error.message)
        }
    }

    mutating func report(_ line: Int, _ column: String?, _ message: String) {
        problems.append(ImportProblem(file: file, line: line, column: column, message: message))
    }

    private mutating func readHeader(_ header: CSVRecords.Record, required: [String], optional: [String]) {
        let known = Set(required).union(optional)
        for name in header.fields {
            if !known.contains(name) {
                report(
                    header.line, name, "There is no such column; known are \(known.sorted().joined(separator: ", ")).")
            } else if !columns.insert(name).inserted {
                report(header.line, name, "The column stands twice.")
            }
        }
        for name in required where !columns.contains(name) {
            report(header.line, name, "The column is missing.")
        }
    }

    private mutating func read(_ record: CSVRecords.Record, under header: CSVRecords.Record) {
        guard record.fields.count == header.fields.count else {
            report(record.line, nil, "The record has \(record.fields.count) fields, the header \(header.fields.count).")
            return
        }
        let values = zip(header.fields, record.fields).map { ($0, $1) }
        rows.append(Row(line: record.line, values: Dictionary(values, uniquingKeysWith: { first, _ in first })))
    }
}

private func trimmed(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
        let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return "" }
    return String(scalars[first...last])
}
