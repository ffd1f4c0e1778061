import Audit
import Model
import StrictJSON
import Testing

@testable import HelpdeskService

/// The numbers of the dashboard.
@Suite struct SummaryTests {
    /// C3
    @Test func `every number leads to as many rows as it counts`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        for (index, login) in ["anna", "anna.b", "cora"].enumerated() {
            house.clock.advance(by: .seconds(1))
            _ = try await house.perform(.unlockAccount, on: [login], by: ola, key: "\(index)")
        }
        _ = try await house.perform(.resetPassword, on: ["anna"], by: ola, key: "reset")
        try await record(house)
        house.clock.advance(by: .seconds(1))
        for range in ["", "?store=staff", "?from=2000-01-01T00:00:00Z"] {
            let summary = await house.send(.get, "/v1/summary\(range)", as: ola)
            #expect(summary.status == 200, "\(summary)")
            let numbers = summary.body["numbers"]?.arrayValue ?? []
            #expect(numbers.count > 40)
            for number in numbers {
                let list = try required(number["list"]?.stringValue)
                let found = await house.send(.get, list, as: ola)
                #expect(found.body["total"] == number["count"], "\(list)")
            }
            func count(_ name: String, _ type: String?, _ outcome: String?) -> JSON? {
                numbers.first {
                    $0["name"]?.stringValue == name && $0["type"]?.stringValue == type
                        && $0["outcome"]?.stringValue == outcome
                }?["count"]
            }
            #expect(count("unlocks", nil, "success") == (range == "?store=staff" ? 2 : 3))
            #expect(count("authentications", "email", "failure") == 2)
            #expect(count("enrollments", "mobile", "success") == 1)
            #expect(count("users", nil, nil) == (range == "?store=staff" ? 7 : 8))
        }
    }

    /// C3, OP-02
    @Test func `the numbers are of the role's stores, and of users only for who may search them`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try await record(house)
        try house.desk {
            $0.scope = [house.stores[1].id]
            $0.permissions.remove(.searchUsers)
        }
        let summary = await house.send(.get, "/v1/summary", as: ola)
        #expect(summary.body["numbers"]?.arrayValue?.allSatisfy { $0["count"] == 0 } == true)
        #expect(summary.body["numbers"]?.arrayValue?.contains { $0["name"] == "users" } == false)
        #expect(await house.send(.get, "/v1/summary?store=staff", as: ola).code == "policy.store_out_of_scope")
        try house.desk { $0.permissions = [.searchUsers] }
        #expect(await house.send(.get, "/v1/summary", as: ola).code == "policy.permission_missing")
    }

    private func record(_ house: TestDesk) async throws {
        let (anna, now) = (try house.id("anna"), house.clock.now())
        let audit = house.collaborators.audit
        try await house.database.write { transaction in
            for _ in 0..<2 {
                try audit.append(
                    AuditEvent(.authenticate, .failure, by: .operator, at: now).about(anna).with { $0.type = .email },
                    in: transaction)
            }
            try audit.append(
                AuditEvent(.enroll, by: .endUser, anna, at: now).about(anna).with { $0.type = .mobile }, in: transaction
            )
        }
    }
}
