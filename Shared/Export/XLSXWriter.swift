import CXLSXWriter

/// Writes a table as a workbook with libxlsxwriter, in constant memory: rows go to temporary files of the library, and the
/// workbook is put together from them at the end, in a temporary file of ours.
///
/// Every cell is a string (IN-06): nothing is a number, a date or a formula. A sheet holds 1,048,576 rows with its
/// heading; the rows after that go on in `Users 2`, `Users 3` and so on, each with the heading.
final class XLSXWriter: TableWriter {
    private let layout: TableLayout
    private let file: TemporaryFile
    /// `nil` once it was put together, or given up.
    private var workbook: UnsafeMutablePointer<lxw_workbook>?
    private var sheet: UnsafeMutablePointer<lxw_worksheet>?
    private var sheets = 0
    private var nextRow: UInt32 = 0
    private let rowsInSheet: UInt32
    private var isWhole = false

    /// - Parameter rowsInSheet: with the heading; a test takes fewer.
    init(_ layout: TableLayout, rowsInSheet: UInt32 = 1_048_576) throws(ExportError) {
        self.layout = layout
        self.rowsInSheet = rowsInSheet
        file = try TemporaryFile()
        var options = lxw_workbook_options()
        options.constant_memory = 1
        options.use_zip64 = 1
        workbook = workbook_new_opt(file.path, &options)
        guard workbook != nil else { throw .library(Int32(LXW_ERROR_MEMORY_MALLOC_FAILED.rawValue)) }
        try addSheet()
    }

    deinit {
        if let workbook { latchkey_xlsx_abandon(workbook) }
    }

    func append(_ cells: [String]) throws(ExportError) {
        if nextRow == rowsInSheet { try addSheet() }
        try write(cells)
    }

    func finish() throws(ExportError) {
        guard let workbook else { throw .ended }
        // The library frees the workbook, whatever comes of it.
        self.workbook = nil
        try check(workbook_close(workbook))
        isWhole = true
    }

    func take() throws(ExportError) -> [UInt8]? {
        isWhole ? try file.read() : nil
    }

    private func addSheet() throws(ExportError) {
        sheets += 1
        nextRow = 0
        let name = sheets == 1 ? layout.title : "\(layout.title) \(sheets)"
        sheet = workbook_add_worksheet(workbook, name)
        guard sheet != nil else { throw .library(Int32(LXW_ERROR_MEMORY_MALLOC_FAILED.rawValue)) }
        try write(layout.columns.map(\.title))
    }

    private func write(_ cells: [String]) throws(ExportError) {
        for (column, cell) in cells.enumerated() where !cell.isEmpty {
            try check(
                worksheet_write_string(sheet, nextRow, UInt16(truncatingIfNeeded: column), CellLimit.fitted(cell), nil))
        }
        nextRow += 1
    }

    private func check(_ result: lxw_error) throws(ExportError) {
        guard result == LXW_NO_ERROR else { throw .library(Int32(truncatingIfNeeded: Int(result.rawValue))) }
    }
}
