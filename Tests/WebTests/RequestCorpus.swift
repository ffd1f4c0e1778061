/// One sequence of bytes that some server somewhere has read wrongly.
struct CorpusCase: Sendable, CustomStringConvertible {
    let name: String
    let bytes: [UInt8]
    /// The status of the first answer when the server is asked directly; 0 when the connection is just closed.
    let status: Int
    /// What may reach the handler, directly or through a proxy; empty for what never may.
    let meanings: [String]

    var description: String { name }

    init(_ name: String, _ text: String, _ status: Int = 400, _ meanings: [String] = []) {
        self.name = name
        bytes = Array(text.utf8)
        self.status = status
        self.meanings = meanings
    }

    init(_ name: String, bytes: [UInt8], _ status: Int = 400, _ meanings: [String] = []) {
        self.name = name
        self.bytes = bytes
        self.status = status
        self.meanings = meanings
    }
}

/// Request heads and bodies that must be understood in one way or not at all (IN-00).
enum RequestCorpus {
    /// The name all of them ask for; a proxy has to serve it.
    static let host = "helpdesk.example.org"
    private static let smuggled = "GET /smuggled HTTP/1.1\r\nHost: \(host)\r\n\r\n"
    private static let ok = "GET /ok |"
    private static let post = "POST /post HTTP/1.1\r\nHost: \(host)\r\nContent-Type: text/plain\r\n"
    private static let get = "GET /ok HTTP/1.1\r\nHost: \(host)\r\n"

    static let refused = framing + lines + hosts + targets

    static let legal = [
        CorpusCase("plain GET", get + "\r\n", 200, [ok]),
        CorpusCase("Content-Length", post + "Content-Length: 5\r\n\r\nhello", 200, ["POST /post |hello"]),
        CorpusCase(
            "chunked", post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 200, ["POST /post |hello"]),
        CorpusCase("no body", post + "Content-Length: 0\r\n\r\n", 200, ["POST /post |"]),
        CorpusCase("blanks around a value", get + "X: \t a \t \r\n\r\n", 200, [ok]),
        CorpusCase("empty value", get + "X:\r\n\r\n", 200, [ok]),
        CorpusCase("no blank after the colon", "GET /ok HTTP/1.1\r\nHost:\(host)\r\n\r\n", 200, [ok]),
        CorpusCase("ninety-nine fields", get + many(98) + "\r\n", 200, [ok]),
        CorpusCase("cookies", get + "Cookie: a=b; c=d\r\n\r\n", 200, [ok]),
        CorpusCase("query", "GET /ok?a=b&c=%20 HTTP/1.1\r\nHost: \(host)\r\n\r\n", 200, ["GET /ok a=b&c= |"]),
    ]

    static let framing = [
        CorpusCase("two different Content-Length", post + "Content-Length: 5\r\nContent-Length: 0\r\n\r\n" + smuggled),
        CorpusCase("two equal Content-Length", post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
        CorpusCase("list in Content-Length", post + "Content-Length: 5, 5\r\n\r\nhello"),
        CorpusCase("signed Content-Length", post + "Content-Length: +5\r\n\r\nhello"),
        CorpusCase("hexadecimal Content-Length", post + "Content-Length: 0x5\r\n\r\nhello"),
        CorpusCase("negative Content-Length", post + "Content-Length: -1\r\n\r\n" + smuggled),
        CorpusCase("empty Content-Length", post + "Content-Length: \r\n\r\n" + smuggled),
        CorpusCase("huge Content-Length", post + "Content-Length: 99999999999999999999999\r\n\r\n" + smuggled, 413),
        CorpusCase("Content-Length 2^64", post + "Content-Length: 18446744073709551616\r\n\r\n" + smuggled, 413),
        CorpusCase(
            "length and chunked", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled),
        CorpusCase(
            "chunked and length", post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + smuggled),
        CorpusCase(
            "two Transfer-Encoding",
            post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + smuggled),
        CorpusCase("gzip", post + "Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n" + smuggled),
        CorpusCase("gzip, chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + smuggled),
        CorpusCase("xchunked", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + smuggled),
        CorpusCase("identity", post + "Transfer-Encoding: identity\r\n\r\n" + smuggled),
        CorpusCase(
            "chunked in HTTP/1.0",
            "POST /post HTTP/1.0\r\nHost: \(host)\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled),
        CorpusCase("space before the colon", post + "Content-Length : 37\r\n\r\n" + smuggled),
        CorpusCase("tab before the colon", post + "Content-Length\t: 37\r\n\r\n" + smuggled),
        CorpusCase("space before the name", post + " Content-Length: 37\r\n\r\n" + smuggled),
        CorpusCase("name that begins like framing", post + "Transfer-Encodingchunked: a\r\n\r\n"),
        CorpusCase("control byte in Transfer-Encoding", post + "Transfer-Encoding: \u{0B}chunked\r\n\r\n" + smuggled),
        CorpusCase("bad chunk size", post + "Transfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n" + smuggled),
        CorpusCase(
            "negative chunk size", post + "Transfer-Encoding: chunked\r\n\r\n-1\r\nhello\r\n0\r\n\r\n" + smuggled),
        CorpusCase(
            "chunk size past 64 bits",
            post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello\r\n0\r\n\r\n" + smuggled, 413),
    ]

    static let lines = [
        CorpusCase("folded Transfer-Encoding", post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + smuggled),
        CorpusCase("folded Content-Length", post + "Content-Length: 3\r\n 7\r\n\r\n" + smuggled),
        CorpusCase("folded with a tab", get + "X: a\r\n\tb\r\n\r\n"),
        CorpusCase("folded first line", "GET /ok HTTP/1.1\r\n Host: \(host)\r\n\r\n"),
        CorpusCase("folded blank line", get + "X: a\r\n \r\n\r\n"),
        CorpusCase("bare LF", "GET /ok HTTP/1.1\nHost: \(host)\n\n", 400, [ok]),
        CorpusCase("bare LF in the fields", "GET /ok HTTP/1.1\r\nHost: \(host)\nX: b\r\n\r\n", 400, [ok]),
        CorpusCase("bare LF at the end", get + "X: b\n\r\n", 400, [ok]),
        CorpusCase("bare LF as blank line", get + "X: b\r\n\n", 400, [ok]),
        CorpusCase("bare CR in a value", get + "X: a\rContent-Length: 37\r\n\r\n" + smuggled),
        CorpusCase("bare CR at the end", get + "X: b\r\r\n\r\n", 400, [ok]),
        CorpusCase("NUL in a value", get + "X: a\0b\r\n\r\n"),
        CorpusCase("NUL in a framing value", post + "Content-Length: 5\0\r\n\r\nhello"),
        CorpusCase("NUL in a name", get + "X\0Y: a\r\n\r\n"),
        CorpusCase("NUL in the target", "GET /ok\0/x HTTP/1.1\r\nHost: \(host)\r\n\r\n"),
        CorpusCase("NUL in the version", "GET /ok HTTP/1.1\0\r\nHost: \(host)\r\n\r\n"),
        CorpusCase("control byte in a value", get + "X: a\u{01}b\r\n\r\n", 400, [ok]),
        CorpusCase("DEL in a value", get + "X: a\u{7F}b\r\n\r\n", 400, [ok]),
        CorpusCase(
            "bytes that are no UTF-8", bytes: Array((get + "X: ").utf8) + [0xFF, 0xFE] + Array("\r\n\r\n".utf8), 400,
            [ok]),
        CorpusCase("no colon", get + "X\r\n\r\n", 400, [ok]),
        CorpusCase("empty name", get + ": a\r\n\r\n", 400, [ok]),
        CorpusCase("space in a name", get + "X Y: a\r\n\r\n", 400, [ok]),
        CorpusCase("bracket in a name", get + "X(Y: a\r\n\r\n", 400, [ok]),
        CorpusCase("too many fields", get + many(100) + "\r\n", 431),
    ]

    static let hosts = [
        CorpusCase("no Host", "GET /ok HTTP/1.1\r\n\r\n"),
        CorpusCase("two Host", get + "Host: b\r\n\r\n"),
        CorpusCase("two equal Host", get + "Host: \(host)\r\n\r\n"),
        CorpusCase("space in Host", "GET /ok HTTP/1.1\r\nHost: a b\r\n\r\n"),
        CorpusCase("path in Host", "GET /ok HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        CorpusCase("user in Host", "GET /ok HTTP/1.1\r\nHost: u@a\r\n\r\n", 400, [ok]),
        CorpusCase("no Host in HTTP/1.0", "GET /ok HTTP/1.0\r\n\r\n", 400, [ok]),
    ]

    static let targets = [
        CorpusCase("two spaces before the target", "GET  /ok HTTP/1.1\r\nHost: \(host)\r\n\r\n", 400, [ok]),
        CorpusCase("two spaces after the target", "GET /ok  HTTP/1.1\r\nHost: \(host)\r\n\r\n", 400, [ok]),
        CorpusCase("space in the target", "GET /ok /x HTTP/1.1\r\nHost: \(host)\r\n\r\n"),
        CorpusCase("tab for a space", "GET\t/ok\tHTTP/1.1\r\nHost: \(host)\r\n\r\n", 0),
        CorpusCase("no version", "GET /ok\r\nHost: \(host)\r\n\r\n"),
        CorpusCase("version 2", "GET /ok HTTP/2.0\r\nHost: \(host)\r\n\r\n", 505),
        CorpusCase("small letters in the version", "GET /ok http/1.1\r\nHost: \(host)\r\n\r\n"),
        CorpusCase("version with a tail", "GET /ok HTTP/1.10\r\nHost: \(host)\r\n\r\n", 400, [ok]),
        CorpusCase(
            "long target", "GET /\(String(repeating: "a", count: 2_100)) HTTP/1.1\r\nHost: \(host)\r\n\r\n", 414),
        CorpusCase("method that is no token", "G(T /ok HTTP/1.1\r\nHost: \(host)\r\n\r\n"),
    ]

    private static func many(_ count: Int) -> String {
        (0..<count).map { "X-\($0): a\r\n" }.joined()
    }
}
