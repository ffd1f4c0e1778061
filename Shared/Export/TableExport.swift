/// One table on its way into a file: rows go in one after the other, pieces of the file come out, and neither is held
/// whole in memory.
///
/// The calls block (compression, a temporary file): they belong on a `BlockingPool`. `@unchecked Sendable`: a value is
/// used by one caller at a time, which may change its thread between two calls.
public final class TableExport: @unchecked Sendable {
    private let columns: Int
    private let writer: any TableWriter
    private var hasEnded = false
    /// How many rows were added, the heading not counted.
    public private(set) var rows = 0

    /// Begins the file, with its heading.
    public init(_ format: ExportFormat, _ layout: TableLayout) throws(ExportError) {
        columns = layout.columns.count
        writer =
            switch format {
            case .csv: CSVWriter(layout)
            case .xml: try XMLWriter(layout)
            case .xlsx: try XLSXWriter(layout)
            }
    }

    /// Adds a row, a cell for each column.
    public func append(_ cells: [String]) throws(ExportError) {
        guard !hasEnded else { throw .ended }
        guard cells.count == columns else { throw .wrongNumberOfCells(cells.count) }
        try writer.append(cells)
        rows += 1
    }

    /// Ends the file; what is left of it is then there to be taken.
    public func finish() throws(ExportError) {
        guard !hasEnded else { throw .ended }
        hasEnded = true
        try writer.finish()
    }

    /// The next piece of the file; `nil` when there is none until more rows come, and after the last one.
    ///
    /// CSV and XML are taken while rows are added, so that what is made is sent; a workbook can be taken only at its
    /// end, because its directory is.
    public func take() throws(ExportError) -> [UInt8]? {
        try writer.take()
    }
}

/// What makes the file of one format. The number of cells was checked before.
protocol TableWriter {
    func append(_ cells: [String]) throws(ExportError)
    func finish() throws(ExportError)
    func take() throws(ExportError) -> [UInt8]?
}
