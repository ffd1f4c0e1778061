/// The kinds of file a table can become (X1).
public enum ExportFormat: String, CaseIterable, Sendable {
    /// Comma-separated values (RFC 4180), UTF-8 without a byte order mark.
    case csv
    /// XML 1.0, UTF-8.
    case xml
    /// A workbook of ECMA-376 (Office Open XML).
    case xlsx

    /// The media type of the file (RFC 7111, RFC 7303, ECMA-376 Part 1 §15).
    public var mediaType: String {
        switch self {
        case .csv: "text/csv; charset=utf-8; header=present"
        case .xml: "application/xml"
        case .xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        }
    }

    /// The end of the file's name, without the dot.
    public var fileExtension: String { rawValue }
}

/// Why no file was made.
public enum ExportError: Error, Sendable, Equatable {
    /// A row came with another number of cells than there are columns.
    case wrongNumberOfCells(Int)
    /// A row came after the end.
    case ended
    /// The temporary file cannot be made or read; the number is errno(3). Most likely its disk is full.
    case temporaryFile(errno: Int32)
    /// The library refused; the number is its own (`lxw_error`, or -1 of libxml2).
    case library(Int32)
}
