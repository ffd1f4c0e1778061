/// What a table is called and which columns it has.
public struct TableLayout: Sendable {
    /// One column.
    public struct Column: Sendable {
        /// The element of a cell in XML; an XML name, for example `passwordExpires`.
        public let name: String
        /// The heading in CSV and XLSX, for example `Password Expires On`.
        public let title: String

        /// A column with its two names.
        public init(_ name: String, _ title: String) {
            self.name = name
            self.title = title
        }
    }

    /// The name of the sheet in XLSX, at most 25 characters, none of `[]:*?/\`.
    public let title: String
    /// The outermost element in XML.
    public let root: String
    /// The element of a row in XML.
    public let row: String
    /// The columns, from left to right.
    public let columns: [Column]

    /// A table. The names are the program's own: nothing from outside belongs in them.
    public init(title: String, root: String, row: String, columns: [Column]) {
        self.title = title
        self.root = root
        self.row = row
        self.columns = columns
    }
}
