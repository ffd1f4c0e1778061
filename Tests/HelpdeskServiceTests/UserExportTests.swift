import Audit
import Model
import StrictJSON
import Testing

@testable import HelpdeskService

/// Users as a file.
@Suite struct UserExportTests {
    private func open() async throws -> (TestDesk, TestOperator) {
        let house = try await TestDesk.open()
        try house.desk { $0.permissions.insert(.exportUsers) }
        return (house, try house.signIn())
    }

    private func names(_ house: TestDesk, _ ola: TestOperator, _ body: [(String, JSON)]) async throws -> [String] {
        let members = ([("format", "csv")] + body).map { JSONMember(name: $0.0, value: $0.1) }
        let answer = await house.send(.post, "/v1/users/exports", as: ola, .object(members))
        #expect(answer.status == 200, "\(answer)")
        let lines = String(decoding: answer.response.body, as: UTF8.self).split(separator: "\r\n").map(String.init)
        #expect(lines.first == "Name,Store,Is Locked,Password Expires On,Last Password Set,Enrolled With")
        return lines.dropFirst().map { String($0.prefix { $0 != "," }) }
    }

    /// X1, S4
    @Test func `everybody, the filtered and the ticked are exported with the columns of the list`() async throws {
        let (house, ola) = try await open()
        let all = [
            "Ada Admin", "Anna Berger", "Anna Berger", "Ben Okafor", "Cora Lindt", "Ola Operator", "Paul Protected",
            "Pia Operator",
        ]
        #expect(try await names(house, ola, []) == all)
        #expect(try await names(house, ola, [("filter", ["store": ["contractors"]])]) == ["Anna Berger"])
        #expect(try await names(house, ola, [("filter", ["q": "operator"])]) == ["Ola Operator", "Pia Operator"])
        let (anna, cora) = (JSON.string(try house.id("anna").text), JSON.string(try house.id("cora").text))
        #expect(try await names(house, ola, [("users", [cora, anna])]) == ["Anna Berger", "Cora Lindt"])
        let rest = try await names(house, ola, [("filter", ["store": ["staff"]]), ("except", [cora, anna])])
        #expect(rest == ["Ada Admin", "Ben Okafor", "Ola Operator", "Paul Protected", "Pia Operator"])
        let answer = await house.send(.post, "/v1/users/exports", as: ola, ["format": "csv", "users": [anna]])
        let line = String(decoding: answer.response.body, as: UTF8.self).split(separator: "\r\n").last
        #expect(line?.hasPrefix("Anna Berger,staff (staff.example.org),Yes,") == true)
        #expect(line?.hasSuffix(",Not Enrolled") == true)
    }

    /// OP-06, AU-03
    @Test func `an export is in the history with its rows, and without what was searched for`() async throws {
        let (house, ola) = try await open()
        _ = try await names(house, ola, [("filter", ["q": "operator"])])
        let events = try await house.history(.export)
        #expect(events.map(\.action) == ["users", "users"])
        let last = JSON.object(try required(events.last).detail)
        #expect(last["rows"] == 2)
        #expect(last["searched"] == true)
        #expect(events.allSatisfy { !"\($0.detail)".contains("operator") })
    }

    /// OP-02, OP-06
    @Test func `who may not, or reaches too far, gets nothing, and that is in the history`() async throws {
        let (house, ola) = try await open()
        try house.desk { $0.scope = [house.stores[1].id] }
        let anna = JSON.string(try house.id("anna").text)
        let wrong: [JSON] = [["format": "csv", "filter": ["store": ["staff"]]], ["format": "xml", "users": [anna]]]
        for body in wrong {
            #expect(await house.send(.post, "/v1/users/exports", as: ola, body).code == "policy.store_out_of_scope")
        }
        #expect(try await names(house, ola, []) == ["Anna Berger"])
        try house.desk { $0.permissions.remove(.exportUsers) }
        let refused = await house.send(.post, "/v1/users/exports", as: ola, ["format": "csv"])
        #expect(refused.code == "policy.permission_missing")
        #expect(try await house.history(.refusal).count == 3)
        #expect(try await house.history(.export).count == 2)
    }

    @Test func `what is asked is read strictly`() async throws {
        let (house, ola) = try await open()
        let anna = JSON.string(try house.id("anna").text)
        let wrong: [JSON] = [
            ["format": "xls"], ["format": "csv", "users": []], ["format": "csv", "users": [anna], "filter": [:]],
            ["format": "csv", "users": [anna], "except": [anna]], ["format": "csv", "filter": ["limit": 5]],
        ]
        for body in wrong {
            #expect(await house.send(.post, "/v1/users/exports", as: ola, body).code == "web.invalid_body", "\(body)")
        }
    }
}
