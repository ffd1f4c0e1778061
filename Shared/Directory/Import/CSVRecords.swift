/// The records of a CSV file (RFC 4180), each with the line it begins on.
///
/// Fields may be quoted, quotes inside are doubled, records end in LF or CRLF, a byte order mark is dropped. Read byte
/// by byte: in Swift CRLF is one `Character`.
struct CSVRecords {
    /// One record.
    struct Record: Equatable {
        let line: Int
        let fields: [String]
    }

    /// Why a file is no CSV.
    struct Failure: Error, Equatable {
        let line: Int
        let message: String
    }

    /// The largest file that is read.
    static let maximumBytes = 64 << 20

    private let bytes: ArraySlice<UInt8>
    private var position: Int
    private var line = 1

    /// Reads every record; empty lines are skipped.
    static func parse(_ bytes: [UInt8]) throws(Failure) -> [Record] {
        guard bytes.count <= maximumBytes else {
            throw Failure(line: 1, message: "The file is larger than \(maximumBytes >> 20) MiB.")
        }
        var reader = CSVRecords(bytes: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...])
        var records: [Record] = []
        while let record = try reader.next() {
            if record.fields != [""] { records.append(record) }
        }
        return records
    }

    private init(bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    private var current: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

    private mutating func next() throws(Failure) -> Record? {
        guard current != nil else { return nil }
        let start = line
        var fields: [String] = []
        while true {
            fields.append(try field())
            if current == UInt8(ascii: ",") {
                position += 1
            } else {
                endLine()
                return Record(line: start, fields: fields)
            }
        }
    }

    private mutating func field() throws(Failure) -> String {
        let start = line
        let raw = current == UInt8(ascii: "\"") ? try quoted() : try plain()
        guard let text = String(validating: raw, as: UTF8.self) else {
            throw Failure(line: start, message: "The text is not UTF-8.")
        }
        return text
    }

    private mutating func plain() throws(Failure) -> [UInt8] {
        var raw: [UInt8] = []
        while let byte = current, byte != UInt8(ascii: ","), !isAtEndOfLine {
            guard byte != UInt8(ascii: "\"") else {
                throw Failure(line: line, message: "A quote stands inside a field that does not begin with one.")
            }
            raw.append(byte)
            position += 1
        }
        return raw
    }

    private mutating func quoted() throws(Failure) -> [UInt8] {
        let start = line
        var raw: [UInt8] = []
        position += 1
        while let byte = current {
            position += 1
            if byte == UInt8(ascii: "\"") {
                guard current == UInt8(ascii: "\"") else { return try closed(raw) }
                position += 1
            } else if byte == UInt8(ascii: "\n") {
                line += 1
            }
            raw.append(byte)
        }
        throw Failure(line: start, message: "A quoted field is not closed.")
    }

    private func closed(_ raw: [UInt8]) throws(Failure) -> [UInt8] {
        guard current == nil || current == UInt8(ascii: ",") || isAtEndOfLine else {
            throw Failure(line: line, message: "Text stands between a closing quote and the next comma.")
        }
        return raw
    }

    private var isAtEndOfLine: Bool {
        guard let byte = current else { return false }
        if byte == UInt8(ascii: "\n") { return true }
        return byte == UInt8(ascii: "\r") && position + 1 < bytes.endIndex && bytes[position + 1] == UInt8(ascii: "\n")
    }

    private mutating func endLine() {
        if current == UInt8(ascii: "\r") { position += 1 }
        if current == UInt8(ascii: "\n") { position += 1 }
        line += 1
    }
}
