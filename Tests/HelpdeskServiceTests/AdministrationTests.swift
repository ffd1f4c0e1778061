import AuthClient
import Model
import StrictJSON
import Testing

@testable import HelpdeskService

/// What administrators ask of the auth service by way of this one.
@Suite struct AdministrationTests {
    /// OP-02
    @Test func `what an administrator asks is passed on whole, and nobody else's is`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let role: JSON = ["name": "night"]
        let refused = await house.send(.post, "/v1/admin/roles", as: ola, role)
        #expect(refused.code == "policy.permission_missing")
        #expect(house.auth.change { $0.administration }.isEmpty)
        try house.desk { $0.permissions = [.manageConfiguration] }
        let made = await house.send(.post, "/v1/admin/roles", as: ola, role)
        #expect(made.status == 201 && made.response.header("ETag") == "\"7\"")
        let untagged = await house.send(.put, "/v1/admin/roles/staff/night", as: ola, role)
        #expect(untagged.code == "web.precondition_required")
        #expect(await house.send(.get, "/v1/admin/roles/staff/night", as: ola).status == 200)
        #expect(await house.send(.get, "/v1/admin/roles/staff/a.b", as: ola).status == 404)
        #expect(
            house.auth.change { $0.administration } == [
                AdministrationCall("POST", "/v1/admin/roles", body: role),
                AdministrationCall("GET", "/v1/admin/roles/staff/night"),
            ])
    }
}
