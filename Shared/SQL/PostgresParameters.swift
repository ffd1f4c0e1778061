/// Values of a statement as libpq takes them: numbers and text as text, bytes as they are.
struct PostgresParameters {
    private var bytes: [UInt8] = []
    private var offsets: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    /// Throws `unexpectedValue` for text with a NUL, where C would cut it.
    init(_ values: [SQLValue]) throws(DatabaseError) {
        for value in values {
            switch value {
            case .null: append(nil, isBinary: false)
            case .integer(let number): append(Array(String(number).utf8), isBinary: false)
            case .text(let text):
                let bytes = Array(text.utf8)
                guard !bytes.contains(0) else { throw .unexpectedValue("text with a NUL") }
                append(bytes, isBinary: false)
            case .blob(let bytes): append(bytes, isBinary: true)
            }
        }
    }

    private mutating func append(_ value: [UInt8]?, isBinary: Bool) {
        offsets.append(value.map { _ in bytes.count })
        lengths.append(Int32(clamping: value?.count ?? 0))
        formats.append(isBinary ? 1 : 0)
        if let value {
            bytes += value
            bytes.append(0)
        }
    }

    /// Lends what `PQsendQueryParams` and `PQsendQueryPrepared` take.
    func withPointers<Result>(
        _ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<Int32>, UnsafePointer<Int32>) -> Result
    ) -> Result {
        bytes.withUnsafeBytes { buffer in
            let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            let pointers = offsets.map { offset in offset.flatMap { start?.advanced(by: $0) } }
            return body(Int32(clamping: pointers.count), pointers, lengths, formats)
        }
    }
}
