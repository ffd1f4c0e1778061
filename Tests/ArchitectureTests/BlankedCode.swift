/// Swift source with every comment and everything inside string literals replaced by spaces; code inside `\(...)` stays.
/// Lines stay where they are. Regex literals are taken for code, which is good enough for rules about calls.
func blankedCode(_ text: String) -> String {
    var scanner = CodeScanner(Array(text.utf8))
    scanner.run()
    return String(decoding: scanner.output, as: UTF8.self)
}

private struct CodeScanner {
    private enum Context: Equatable {
        /// Code; inside an interpolation, how many parentheses are open.
        case code(open: Int?)
        case string(hashes: Int, isMultiline: Bool)
    }

    private let input: [UInt8]
    private var index = 0
    private var contexts: [Context] = [.code(open: nil)]
    var output: [UInt8] = []

    init(_ input: [UInt8]) {
        self.input = input
        output.reserveCapacity(input.count)
    }

    mutating func run() {
        while index < input.count {
            switch contexts.last {
            case .string(let hashes, let isMultiline): scanString(hashes, isMultiline)
            case .code(let open): scanCode(open)
            case nil: return
            }
        }
    }

    private func byte(_ offset: Int = 0) -> UInt8 {
        index + offset < input.count ? input[index + offset] : 0
    }

    private func starts(with text: StaticString, at offset: Int = 0) -> Bool {
        (0..<text.utf8CodeUnitCount).allSatisfy { byte(offset + $0) == text.utf8Start[$0] }
    }

    private func hashes(at offset: Int) -> Int {
        var count = 0
        while byte(offset + count) == UInt8(ascii: "#") { count += 1 }
        return count
    }

    private mutating func keep(_ count: Int = 1) {
        output.append(contentsOf: input[index..<min(index + count, input.count)])
        index += count
    }

    private mutating func blank(_ count: Int = 1) {
        for byte in input[index..<min(index + count, input.count)] {
            output.append(byte == UInt8(ascii: "\n") ? byte : UInt8(ascii: " "))
        }
        index += count
    }

    private mutating func scanCode(_ open: Int?) {
        let hashCount = hashes(at: 0)
        if starts(with: "//") {
            while index < input.count, byte() != UInt8(ascii: "\n") { blank() }
        } else if starts(with: "/*") {
            blankComment()
        } else if byte(hashCount) == UInt8(ascii: "\"") {
            let isMultiline = starts(with: "\"\"\"", at: hashCount)
            keep(hashCount + (isMultiline ? 3 : 1))
            contexts.append(.string(hashes: hashCount, isMultiline: isMultiline))
        } else if byte() == UInt8(ascii: "`") {
            keepQuotedName()
        } else {
            count(byte(), open)
            keep()
        }
    }

    /// Keeps track of parentheses inside an interpolation, which ends at the one that closes it.
    private mutating func count(_ byte: UInt8, _ open: Int?) {
        guard let open else { return }
        if byte == UInt8(ascii: "(") {
            contexts[contexts.count - 1] = .code(open: open + 1)
        } else if byte == UInt8(ascii: ")") {
            contexts.removeLast()
            if open > 1 { contexts.append(.code(open: open - 1)) }
        }
    }

    private mutating func scanString(_ hashCount: Int, _ isMultiline: Bool) {
        let closing = isMultiline ? 3 : 1
        let isQuote = isMultiline ? starts(with: "\"\"\"") : byte() == UInt8(ascii: "\"")
        if isQuote, hashes(at: closing) >= hashCount {
            keep(closing + hashCount)
            contexts.removeLast()
        } else if byte() == UInt8(ascii: "\\"), hashes(at: 1) >= hashCount {
            if byte(1 + hashCount) == UInt8(ascii: "(") {
                blank(1 + hashCount)
                keep()
                contexts.append(.code(open: 1))
            } else {
                blank(2 + hashCount)
            }
        } else if byte() == UInt8(ascii: "\n"), !isMultiline {
            keep()
            contexts.removeLast()
        } else {
            blank()
        }
    }

    private mutating func blankComment() {
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                blank(2)
            } else if starts(with: "*/") {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && index < input.count
    }

    /// A name in backticks may be a sentence; its punctuation is no code.
    private mutating func keepQuotedName() {
        keep()
        while index < input.count, byte() != UInt8(ascii: "`"), byte() != UInt8(ascii: "\n") {
            output.append(UInt8(ascii: "_"))
            index += 1
        }
        if byte() == UInt8(ascii: "`") { keep() }
    }
}
