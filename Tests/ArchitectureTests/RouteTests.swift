import Foundation
import Testing

/// The route tables and the documents in `docs/openapi`, kept equal.
@Suite struct RouteTests {
    private struct Operation: Hashable, Comparable, CustomStringConvertible {
        let method: String
        let path: String
        let id: String

        var description: String { "\(method.uppercased()) \(path) (\(id))" }

        static func < (one: Operation, other: Operation) -> Bool { one.description < other.description }
    }

    @Test(arguments: [
        ("Services/Auth/Service/Routes/", "docs/openapi/auth.json"),
        ("Services/Helpdesk/Service/Routes/", "docs/openapi/helpdesk.json"),
    ])
    func `every route is in the document and the document has no other`(folder: String, document: String) throws {
        let routes = tableRows(under: folder)
        let documented = try operations(in: document)
        #expect(routes.count > 5, "the rows of the table were not found in \(folder)")
        let undocumented = routes.subtracting(documented).sorted().map(\.description)
        let missing = documented.subtracting(routes).sorted().map(\.description)
        #expect(undocumented.isEmpty, "not in \(document): \(listed(undocumented))")
        #expect(missing.isEmpty, "only in \(document): \(listed(missing))")
    }

    @Test func `a row is understood in each of its forms`() {
        let text = """
            Row(.get, "/healthz", "getHealth", .anybody, health),
            Route(
                .post, AuthPath.verification.pattern, "readVerification", .service, read)
            """
        let rows = rows(in: text, paths: ["AuthPath.verification": "/v1/verifications/{verification}"])
        #expect(
            rows == [
                Operation(method: "get", path: "/healthz", id: "getHealth"),
                Operation(method: "post", path: "/v1/verifications/{verification}", id: "readVerification"),
            ])
    }

    private func tableRows(under folder: String) -> Set<Operation> {
        let paths = namedPaths()
        return Repository.sources.filter { $0.path.hasPrefix(folder) }
            .reduce(into: []) { $0.formUnion(rows(in: $1.text, paths: paths)) }
    }

    /// `(.method, "path" or Enum.name.pattern, "operation", ...`
    private func rows(in text: String, paths: [String: String]) -> Set<Operation> {
        let row = /\(\s*\.(get|post|put|patch|delete),\s*(?:"([^"]+)"|(\w+\.\w+)(?:\.pattern)?),\s*"(\w+)"/
        return Set(
            text.matches(of: row).map { match in
                let name = match.3.map(String.init) ?? ""
                let path = match.2.map(String.init) ?? paths[name] ?? name
                return Operation(method: String(match.1), path: path, id: String(match.4))
            })
    }

    /// `static let name = PathPattern("...")`, or the plain text, of every enum whose name ends in Path.
    private func namedPaths() -> [String: String] {
        var found: [String: String] = [:]
        for source in Repository.sources {
            guard let owner = source.code.firstMatch(of: /\benum (\w+Path)\b/) else { continue }
            for match in source.text.matches(of: /static let (\w+) = (?:PathPattern\(\s*)?"([^"]+)"/) {
                found["\(owner.1).\(match.1)"] = String(match.2)
            }
        }
        return found
    }

    private func operations(in document: String) throws -> Set<Operation> {
        let bytes = Data(Repository.text(document).utf8)
        try #require(!bytes.isEmpty, "\(document) is not there")
        let whole = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
        let paths = try #require(whole["paths"] as? [String: [String: Any]])
        let methods: Set<String> = ["get", "post", "put", "patch", "delete"]
        return Set(
            paths.flatMap { path, item in
                item.filter { methods.contains($0.key) }.map { method, operation in
                    let id = (operation as? [String: Any])?["operationId"] as? String
                    return Operation(method: method, path: path, id: id ?? "without operationId")
                }
            })
    }
}
