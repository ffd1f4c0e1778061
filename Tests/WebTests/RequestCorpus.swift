import StrictJSON
import TestSupport

/// One sequence of bytes that some server somewhere has read wrongly.
struct CorpusCase: Sendable, CustomStringConvertible {
    let name: String
    let bytes: [UInt8]
    /// The status of the first answer when the server is asked directly; 0 when the connection is just closed.
    let status: Int
    /// What may reach the handler, directly or through a proxy; empty for what never may.
    let meanings: [String]

    var description: String { name }
}

/// Request heads and bodies that must be understood in one way or not at all (IN-00), from `Tests/Fixtures`, where the
/// end-to-end tests find them too.
enum RequestCorpus {
    /// The name all of them ask for; a proxy has to serve it.
    static let host = "helpdesk.example.org"

    static let legal = cases.filter { $0.status == 200 }
    static let refused = cases.filter { $0.status != 200 }
    /// The request that follows each of them on its connection, and what reaches the handler of it.
    static let next = (bytes: bytes(expand("<end>")), meaning: "GET /ok a=end|")

    private static let names = ["path": "/ok", "action": "/post", "type": "text/plain", "host": host]
    private static let file = readJSON("http-requests.json")

    private static let cases = elements(file["cases"]).map { entry in
        CorpusCase(
            name: entry["name"]?.stringValue ?? "", bytes: bytes(expand(entry["bytes"]?.stringValue ?? "")),
            status: Int(entry["status"]?.integerValue ?? -1),
            meanings: elements(entry["meanings"]).map { expand($0.stringValue ?? "") })
    }

    private static func elements(_ value: JSON?) -> [JSON] {
        guard case .array(let values) = value else { return [] }
        return values
    }

    private static func readJSON(_ name: String) -> JSON {
        let folder = #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/Fixtures/"
        let parsed = Result { () throws(JSONError) in try JSON.parse(readFile(folder + name)) }
        switch parsed {
        case .success(let value): return value
        case .failure(let error): preconditionFailure("\(name): \(error)")
        }
    }

    /// Puts what they stand for in place of the names in angle brackets.
    private static func expand(_ text: String) -> String {
        guard let start = text.firstIndex(of: "<"), let end = text[start...].firstIndex(of: ">") else { return text }
        let name = String(text[text.index(after: start)..<end])
        let rest = expand(String(text[text.index(after: end)...]))
        return String(text[..<start]) + (names[name] ?? part(name)) + rest
    }

    private static func part(_ name: String) -> String {
        let part = file["parts"]?[name]
        guard let text = part?["text"]?.stringValue, let times = part?["times"]?.integerValue else {
            preconditionFailure("the corpus has no <\(name)>")
        }
        return String(repeating: expand(text), count: Int(times))
    }

    /// In the file a character stands for a byte.
    private static func bytes(_ text: String) -> [UInt8] {
        text.unicodeScalars.map { UInt8($0.value) }
    }
}
