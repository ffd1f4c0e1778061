import StrictJSON
import TestSupport
import Testing
import Web

@testable import AuthService

/// The interface document says what the service does.
@Suite struct InterfaceTests {
    private var document: JSON { InterfaceContract.served.document }

    private func repositoryFile(_ path: String, here: String = #filePath) -> [UInt8] {
        readFile(here.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/" + path)
    }

    @Test func `the document in the repository is the one that is served`() async throws {
        let house = try await TestHouse.open()
        let served = await house.send(.get, "/openapi.json", as: nil)
        #expect(served.status == 200)
        #expect(served.json == (try JSON.parse(repositoryFile("docs/openapi/auth.json"))))
        #expect(served.json["openapi"] == "3.1.0")
    }

    /// OP-02
    @Test func `the document has the rows of the table, their parameters and what they demand of callers`() async throws
    {
        let house = try await TestHouse.open()
        var documented: [String: JSON] = [:]
        for path in document["paths"]?.objectValue ?? [] {
            for operation in path.value.objectValue ?? [] {
                documented["\(operation.name.uppercased()) \(path.name)"] = operation.value
            }
        }
        let rows = house.router.routes
        #expect(Set(documented.keys) == Set(rows.map { "\($0.method) \($0.pattern)" }))
        for row in rows {
            let operation = try required(documented["\(row.method) \(row.pattern)"])
            #expect(operation["operationId"]?.stringValue == row.operation)
            let parameters = (operation["parameters"]?.arrayValue ?? []).map(resolved)
            let names = { (place: String) in
                parameters.filter { $0["in"]?.stringValue == place }.compactMap { $0["name"]?.stringValue }
            }
            let places = row.pattern.split(separator: "/").filter { $0.hasPrefix("{") }
            #expect(names("path") == places.map { String($0.dropFirst().dropLast()) }, "\(row.operation)")
            #expect(names("query") == row.queryNames, "\(row.operation)")
            let schemes = (operation["security"]?.arrayValue ?? []).map { $0.objectValue?.map(\.name) ?? [] }
            let expected: [[String]] =
                switch row.access {
                case .anybody: []
                case .signedIn: [["person"]]
                case .permission, .stepUp: [["person"], ["service", "operator"]]
                case .service:
                    ["listEvents", "listEnabledTypes"].contains(row.operation)
                        ? [["service"]] : [["service", "operator"]]
                }
            #expect(schemes == expected, "\(row.operation)")
            #expect(!row.method.takesBody || operation["requestBody"] != nil, "\(row.operation)")
        }
    }

    @Test func `every object of a request is closed and every text has its limits`() {
        for (name, schema) in requestSchemas() {
            checkClosed(schema, name)
        }
    }

    @Test func `every reference leads somewhere`() {
        var open = [document]
        while let value = open.popLast() {
            if let pointer = value["$ref"]?.stringValue {
                #expect(resolved(value) != .null, "\(pointer)")
            }
            open += value.arrayValue ?? []
            open += (value.objectValue ?? []).map(\.value)
        }
    }

    private func resolved(_ value: JSON) -> JSON {
        guard let pointer = value["$ref"]?.stringValue else { return value }
        return pointer.split(separator: "/").dropFirst().reduce(document) { $0[String($1)] ?? .null }
    }

    private func requestSchemas() -> [(String, JSON)] {
        (document["paths"]?.objectValue ?? []).flatMap { path in
            (path.value.objectValue ?? []).compactMap { operation in
                let body = operation.value["requestBody"]?["content"]?["application/json"]?["schema"]
                return body.map { ("\(operation.name) \(path.name)", resolved($0)) }
            }
        }
    }

    private func checkClosed(_ schema: JSON, _ place: String) {
        switch schema["type"]?.stringValue {
        case "object":
            #expect(schema["additionalProperties"] == false || schema["maxProperties"] == 0, "\(place)")
            for property in schema["properties"]?.objectValue ?? [] {
                checkClosed(resolved(property.value), "\(place)/\(property.name)")
            }
        case "array":
            #expect(schema["maxItems"] != nil && schema["minItems"] != nil, "\(place)")
            checkClosed(resolved(schema["items"] ?? .null), place + "/items")
        case "string":
            #expect(schema["enum"] != nil || schema["maxLength"] != nil, "\(place)")
        case "integer":
            #expect(schema["minimum"] != nil && schema["maximum"] != nil, "\(place)")
        case "boolean": break
        default: Issue.record("\(place): \(schema)")
        }
    }
}
