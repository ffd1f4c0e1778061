/// A media type of a `Content-Type` or `Accept` field (RFC 9110 §8.3.1, §12.5.1), as far as a JSON service needs it.
struct MediaType {
    /// `type/subtype` in small letters.
    let name: String
    /// The parameters, names in small letters, quotes removed.
    let parameters: [(name: String, value: String)]

    init?(_ text: Substring) {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false)
        guard let first = parts.first else { return nil }
        name = trimmed(first).lowercased()
        guard name.utf8.filter({ $0 == UInt8(ascii: "/") }).count == 1 else { return nil }
        var parameters: [(name: String, value: String)] = []
        for part in parts.dropFirst() where !trimmed(part).isEmpty {
            let pair = trimmed(part).split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { return nil }
            let value = trimmed(pair[1])
            let isQuoted = value.utf8.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
            parameters.append((trimmed(pair[0]).lowercased(), String(isQuoted ? value.dropFirst().dropLast() : value)))
        }
        self.parameters = parameters
    }

    /// Whether the type is JSON in UTF-8, the only encoding JSON has (RFC 8259 §8.1).
    static func isJSON(_ text: String?) -> Bool {
        isOne(of: ["application/json"], text)
    }

    /// Whether the type is one of those given, in UTF-8 and without other parameters.
    static func isOne(of names: [String], _ text: String?) -> Bool {
        if let text, names.contains(text) { return true }
        guard let text, let type = MediaType(text[...]) else { return false }
        return names.contains(type.name)
            && type.parameters.allSatisfy { $0.name == "charset" && equalIgnoringCase($0.value, "utf-8") }
    }

    /// Whether an `Accept` field takes one of the types; a missing or unreadable field takes everything.
    static func accepts(_ fields: [String], anyOf names: [String]) -> Bool {
        let ranges = fields.flatMap { $0.split(separator: ",") }.compactMap { MediaType($0) }
        if ranges.isEmpty { return true }
        return ranges.contains { range in
            !range.isRefused && names.contains { range.covers($0) }
        }
    }

    private var isRefused: Bool {
        parameters.contains {
            $0.name == "q" && $0.value.utf8.allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
        }
    }

    private func covers(_ other: String) -> Bool {
        if name == "*/*" || name == other { return true }
        guard name.hasSuffix("/*") else { return false }
        return other.hasPrefix(name.dropLast())
    }
}
