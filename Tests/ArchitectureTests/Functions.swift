/// One function with a body, found in blanked code.
struct FunctionShape: Sendable {
    let name: String
    /// Where its first line is.
    let line: Int
    /// From the line of its name to the line of its closing brace.
    let lineCount: Int
    let parameterCount: Int
    let isInitializer: Bool
    /// A C library calls it, so its parameters are the library's choice.
    let isCallback: Bool
}

/// The functions and initializers of a source that have a body.
func functions(in source: SwiftSource) -> [FunctionShape] {
    var reader = FunctionReader(Array(source.code.utf8))
    return reader.read()
}

private struct FunctionReader {
    private let code: [UInt8]
    private let words: [(text: Substring, range: Range<Int>)]

    init(_ code: [UInt8]) {
        self.code = code
        words = wordRanges(code)
    }

    mutating func read() -> [FunctionShape] {
        var found: [FunctionShape] = []
        for (position, word) in words.enumerated() {
            let isInitializer = word.text == "init"
            guard isInitializer || word.text == "func", previous(word.range.lowerBound) != UInt8(ascii: ".") else {
                continue
            }
            let name = isInitializer ? "init" : nextName(after: position)
            guard let shape = shape(name: name, keyword: word.range, isInitializer: isInitializer) else { continue }
            found.append(shape)
        }
        return found
    }

    private func nextName(after position: Int) -> String {
        position + 1 < words.count ? String(words[position + 1].text) : "?"
    }

    private func shape(name: String, keyword: Range<Int>, isInitializer: Bool) -> FunctionShape? {
        guard let open = parameterList(after: keyword.upperBound), let close = matching(open) else { return nil }
        guard let bodyStart = body(after: close), let bodyEnd = matching(bodyStart) else { return nil }
        let newlines = code[keyword.lowerBound...bodyEnd].count { $0 == UInt8(ascii: "\n") }
        let parameters = String(decoding: code[open...close], as: UTF8.self)
        return FunctionShape(
            name: name, line: 1 + code[..<keyword.lowerBound].count { $0 == UInt8(ascii: "\n") },
            lineCount: newlines + 1, parameterCount: parameterCount(open + 1..<close), isInitializer: isInitializer,
            isCallback: parameters.contains("_ context: UnsafeMutableRawPointer?")
                || parameters.contains("_: UnsafeMutableRawPointer?"))
    }

    private func previous(_ index: Int) -> UInt8 { index > 0 ? code[index - 1] : 0 }

    /// The opening parenthesis behind the name and its generic parameters. An operator's name may have `<` in it.
    private func parameterList(after index: Int) -> Int? {
        code[index...].firstIndex(of: UInt8(ascii: "(")).flatMap { open in
            code[index..<open].contains(UInt8(ascii: "{")) ? nil : open
        }
    }

    /// The bracket that closes the one at `open`.
    private func matching(_ open: Int) -> Int? {
        var depth = 0
        for index in open..<code.count {
            switch code[index] {
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return index }
            default: break
            }
        }
        return nil
    }

    /// The opening brace of the body; `nil` for a requirement of a protocol, which has none.
    private func body(after index: Int) -> Int? {
        let declaration: Set<Substring> = [
            "func", "init", "var", "let", "static", "public", "private", "mutating", "associatedtype", "subscript",
            "case", "typealias", "discardableResult",
        ]
        let limit = words.first { $0.range.lowerBound > index && declaration.contains($0.text) }?.range.lowerBound
        for position in (index + 1)..<(limit ?? code.count) {
            if code[position] == UInt8(ascii: "{") { return position }
            if code[position] == UInt8(ascii: "}") { return nil }
        }
        return nil
    }

    private func parameterCount(_ range: Range<Int>) -> Int {
        var depth = 0
        var commas = 0
        var hasText = false
        for index in range {
            let byte = code[index]
            let isArrow = byte == UInt8(ascii: ">") && previous(index) == UInt8(ascii: "-")
            switch byte {
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "<"): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: ">"): depth -= isArrow ? 0 : 1
            case UInt8(ascii: ","): commas += depth == 0 ? 1 : 0
            default: break
            }
            hasText = hasText || byte > UInt8(ascii: " ")
        }
        return hasText ? commas + 1 : 0
    }
}

private func wordRanges(_ code: [UInt8]) -> [(text: Substring, range: Range<Int>)] {
    var found: [(text: Substring, range: Range<Int>)] = []
    var start: Int?
    for index in 0...code.count {
        let isWord = index < code.count && isWordByte(code[index])
        if isWord, start == nil { start = index }
        if !isWord, let first = start {
            found.append((Substring(decoding: code[first..<index], as: UTF8.self), first..<index))
            start = nil
        }
    }
    return found
}

private func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
        true
    default: false
    }
}
