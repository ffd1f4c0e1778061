/// The languages somebody prefers, the most wanted first: an `Accept-Language` field (RFC 9110 §12.5.4), or a directory's
/// `preferredLanguage`, which has the same form (RFC 2798 §2.7).
public struct LanguagePriority: Sendable, Equatable {
    /// More than any person or browser names; the rest is not looked at.
    private static let maximum = 32

    /// Language ranges in small letters (RFC 4647 §2.1).
    let ranges: [String]

    /// Reads a list; what is no language range is left out, so that any text at all may be given. `de_DE`, as many
    /// directories have it, is `de-DE`.
    public init(_ text: String) {
        var found: [(range: String, weight: Int)] = []
        for item in text.split(separator: ",").prefix(Self.maximum) {
            let parts = item.split(separator: ";", omittingEmptySubsequences: false)
            let range = trimmed(parts[0]).lowercased().replacing("_", with: "-")
            let weight = parts.count > 1 ? thousandths(trimmed(parts[1])) : 1_000
            guard isRange(range), let weight, weight > 0 else { continue }
            found.append((range, weight))
        }
        // Sorting keeps the order of what weighs the same.
        ranges = found.sorted { $0.weight > $1.weight }.map(\.range)
    }

    /// The best of what there is (lookup, RFC 4647 §3.4): each range in turn, made shorter from its end until it is the
    /// tag of something; `nil` when none is.
    public func lookup<Language>(in available: [Language], tag: (Language) -> String) -> Language? {
        for range in ranges {
            var subtags = range.split(separator: "-")
            while !subtags.isEmpty {
                let wanted = subtags.joined(separator: "-")
                if let match = available.first(where: { tag($0).lowercased() == wanted }) { return match }
                subtags.removeLast()
                // A single letter says something about what followed it.
                if subtags.last?.utf8.count == 1 { subtags.removeLast() }
            }
        }
        return nil
    }
}

private func trimmed(_ text: Substring) -> String {
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
    let bytes = Array(text.utf8.drop(while: isSpace))
    let end = bytes.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? 0
    return String(decoding: bytes[..<end], as: UTF8.self)
}

/// Letters, then letters or digits, 1 to 8 each. `*` matches nothing in particular, so it is none here (RFC 4647 §3.4).
private func isRange(_ text: String) -> Bool {
    let subtags = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard let first = subtags.first, subtags.allSatisfy({ (1...8).contains($0.count) }) else { return false }
    let isLetter: (UInt8) -> Bool = { (0x61...0x7A).contains($0) }
    return first.allSatisfy(isLetter)
        && subtags.allSatisfy { $0.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) } }
}

/// `q=0.8` in thousandths (RFC 9110 §12.4.2).
private func thousandths(_ text: String) -> Int? {
    let bytes = Array(text.lowercased().utf8)
    guard (3...7).contains(bytes.count), bytes.starts(with: "q=".utf8) else { return nil }
    let number = bytes.dropFirst(2)
    guard let whole = number.first, whole == UInt8(ascii: "0") || whole == UInt8(ascii: "1") else { return nil }
    let fraction = number.dropFirst()
    guard fraction.isEmpty || fraction.first == UInt8(ascii: ".") else { return nil }
    var value = whole == UInt8(ascii: "1") ? 1_000 : 0
    for (digit, worth) in zip(fraction.dropFirst(), [100, 10, 1]) {
        guard (0x30...0x39).contains(digit) else { return nil }
        value += Int(digit - 0x30) * worth
    }
    return value <= 1_000 ? value : nil
}
