/// Writes a table as RFC 4180 has it: lines end in CR LF, and a cell with a comma, a quote, a line break or white space at
/// its ends is quoted. Cells that a spreadsheet would take for a formula get an apostrophe (`FormulaRule`).
final class CSVWriter: TableWriter {
    private var bytes: [UInt8] = []

    init(_ layout: TableLayout) {
        append(layout.columns.map(\.title))
    }

    func append(_ cells: [String]) {
        var isFirst = true
        for cell in cells {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            append(cell)
        }
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
    }

    func finish() {}

    func take() -> [UInt8]? {
        guard !bytes.isEmpty else { return nil }
        defer {
            bytes = []
            bytes.reserveCapacity(CSVWriter.usualSize)
        }
        return bytes
    }

    private func append(_ cell: String) {
        let isFormula = FormulaRule.needsApostrophe(cell)
        guard isFormula || CSVWriter.needsQuotes(cell) else {
            bytes.append(contentsOf: cell.utf8)
            return
        }
        bytes.append(UInt8(ascii: "\""))
        if isFormula { bytes.append(UInt8(ascii: "'")) }
        for byte in cell.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsQuotes(_ cell: String) -> Bool {
        var last: UInt8 = 0
        for byte in cell.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "\r"), UInt8(ascii: "\n"): return true
            default: last = byte
            }
        }
        return last == 0x20 || last == 0x09 || cell.utf8.first == 0x20
    }

    /// Bytes of the pages that exports write at a time.
    private static let usualSize = 262_144
}
