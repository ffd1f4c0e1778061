import Model
import Policy
import StrictJSON
import TestSupport
import Testing

@testable import HelpdeskService

/// The interface document, as it is served.
@Suite struct DocumentTests {
    private var document: JSON {
        get throws {
            let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
            return try JSON.parse(readFile("/\(root)/docs/openapi/helpdesk.json"))
        }
    }

    @Test func `what is served is the document in the repository`() async throws {
        let house = try await TestDesk.open()
        let served = await house.send(.get, "/openapi.json", as: nil)
        #expect(served.status == 200)
        #expect(served.body == (try document), "run deploy/scripts/embed-openapi.sh")
    }

    @Test func `every row has its query parameters and its key in the document`() async throws {
        let house = try await TestDesk.open()
        let document = try document
        for row in HelpdeskRoutes(collaborators: house.collaborators, metrics: .init()).table {
            let operation = document["paths"]?[row.pattern]?[row.method.description.lowercased()]
            #expect(operation?["operationId"] == .string(row.operation))
            let names = operation?["parameters"]?.arrayValue?.compactMap { reference -> String? in
                let name = reference["$ref"]?.stringValue?.split(separator: "/").last.map(String.init)
                let parameter = name.flatMap { document["components"]?["parameters"]?[$0] }
                return parameter?["in"] == "query" ? parameter?["name"]?.stringValue : nil
            }
            #expect(Set(names ?? []) == Set(row.queryNames), "\(row.operation)")
            #expect((operation?["security"] == []) == (row.access == .anybody), "\(row.operation)")
        }
    }

    @Test func `every error names a status the document knows`() throws {
        let responses = try document["components"]?["responses"]?.objectValue?.map(\.name) ?? []
        for refusal in Refusal.allCases {
            let problem = HelpdeskProblems.problem(of: .refused(refusal, nil))
            #expect(responses.contains("Problem\(problem.status)"))
            #expect(problem.code == refusal.rawValue)
        }
    }
}
