import FoundationEssentials

/// Header text that is not plain ASCII (RFC 2047). libcurl encodes bodies, not header fields.
enum EncodedWord {
    /// A line with an encoded word has at most 76 characters (RFC 2047 §2), the longest name before one is `Subject: `:
    /// 39 bytes make 52 of base64, with 12 around them.
    private static let bytesPerWord = 39
    /// A longer plain text would make a line past the 78 characters of RFC 5322 §2.1.1.
    private static let plainLimit = 60

    /// The text as it is where it can stand so, else as encoded words, one on each folded line.
    ///
    /// - Parameter isPhrase: the text stands before an address, where more characters have a meaning (RFC 5322 §3.2.3).
    static func text(_ text: String, isPhrase: Bool = false) -> String {
        if isPlain(text, isPhrase: isPhrase) { return text }
        return chunks(of: text).map { "=?UTF-8?B?\(Data($0).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }

    private static func isPlain(_ text: String, isPhrase: Bool) -> Bool {
        let bytes = text.utf8
        guard !bytes.isEmpty, bytes.count <= plainLimit, bytes.first != 0x20, bytes.last != 0x20 else { return false }
        return bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), 0x20:
                true
            // `=?` would begin an encoded word, so `=` is never plain.
            default: "!#$%&'*+-/^_`{|}~".utf8.contains(byte) || !isPhrase && ".,:;?()[]@\"".utf8.contains(byte)
            }
        }
    }

    /// Whole scalars only: each word must decode alone (RFC 2047 §5).
    private static func chunks(of text: String) -> [[UInt8]] {
        var chunks: [[UInt8]] = []
        var chunk: [UInt8] = []
        for scalar in text.unicodeScalars {
            let bytes = Array(UTF8.encode(scalar).map { Array($0) } ?? [])
            if chunk.count + bytes.count > bytesPerWord {
                chunks.append(chunk)
                chunk = []
            }
            chunk += bytes
        }
        return chunk.isEmpty ? chunks : chunks + [chunk]
    }
}
