/// One thing wrong in a file to be imported.
public struct ImportProblem: Sendable, Equatable, CustomStringConvertible {
    /// The file's name.
    public let file: String
    /// The line the record begins on, counted from 1; the header is line 1.
    public let line: Int
    /// The column's name; `nil` when the whole record is meant.
    public let column: String?
    /// A sentence for the administrator. It never repeats a password.
    public let message: String

    /// Makes a problem of its parts.
    public init(file: String, line: Int, column: String? = nil, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    /// `file:line: column: message`.
    public var description: String {
        "\(file):\(line): " + (column.map { $0 + ": " } ?? "") + message
    }
}

/// Why nothing of an import was taken over.
public enum ImportError: Error, Sendable, Equatable {
    /// The files are wrong; every problem that was found, in order.
    case invalid([ImportProblem])
    /// The store could not be read or written.
    case store(StoreError)
}
