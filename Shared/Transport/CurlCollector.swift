import CCurl

/// Takes what a server sends, up to a bound. Used by the one thread that runs the transfer.
final class CurlCollector {
    /// Bytes of head a server may send; libcurl itself stops at 300 KiB a field.
    static let maximumHead = 64 * 1_024

    private let maximumBody: Int
    private var headSize = 0
    private(set) var body: [UInt8] = []
    /// The lines of the last head (HTTP) or of the last replies (SMTP), without their line ends.
    private(set) var lines: [String] = []
    private(set) var isTooLarge = false

    init(maximumBody: Int) {
        self.maximumBody = maximumBody
    }

    /// The fields of the last head.
    var headers: [(String, String)] {
        lines.compactMap { line in
            let bytes = Array(line.utf8)
            guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return nil }
            return (text(bytes[..<colon]), text(trimmed(bytes[(colon + 1)...])))
        }
    }

    /// CURLOPT_WRITEFUNCTION(3): fewer bytes taken than offered end the transfer.
    static let takeBody: latchkey_curl_data = { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        let collector = Unmanaged<CurlCollector>.fromOpaque(context).takeUnretainedValue()
        return collector.append(UnsafeRawBufferPointer(start: bytes, count: size * count))
    }

    /// CURLOPT_HEADERFUNCTION(3): one whole line a call.
    static let takeHeader: latchkey_curl_data = { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        let collector = Unmanaged<CurlCollector>.fromOpaque(context).takeUnretainedValue()
        return collector.appendLine(UnsafeRawBufferPointer(start: bytes, count: size * count))
    }

    private func append(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count <= maximumBody - body.count else {
            isTooLarge = true
            return 0
        }
        body.append(contentsOf: bytes)
        return bytes.count
    }

    private func appendLine(_ bytes: UnsafeRawBufferPointer) -> Int {
        let line = text(trimmed(bytes[...]))
        // A status line begins a head: what came before belonged to a 1xx answer.
        if line.utf8.starts(with: "HTTP/".utf8) { lines = [] }
        headSize += bytes.count
        guard headSize <= Self.maximumHead else {
            isTooLarge = true
            return 0
        }
        lines.append(line)
        return bytes.count
    }
}

private func text(_ bytes: some Collection<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self)
}

private func trimmed<Bytes: BidirectionalCollection<UInt8>>(_ bytes: Bytes) -> Bytes.SubSequence {
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
    let start = bytes.firstIndex { !isSpace($0) } ?? bytes.endIndex
    let end = bytes[start...].lastIndex { !isSpace($0) }.map { bytes.index(after: $0) } ?? start
    return bytes[start..<end]
}
