import Model
import TestSupport
import Testing

@testable import Directory

/// Whom the store talks to: nobody without a certificate it can check (RFC 4513 §3.1.3).
@Suite struct LDAPStoreTrustTests {
    private func reason(_ directory: LDAPTestDirectory) async -> String? {
        do throws(StoreError) {
            try await directory.store.check()
            return nil
        } catch {
            guard case .unavailable(let reason) = error else { return "other: \(error)" }
            return reason
        }
    }

    /// Nobody has tried to sign in: no password has left.
    private func sawNoPassword(_ slapd: SlapdServer) -> Bool { !slapd.log.contains("BIND dn=\"cn=helpdesk") }

    private func startTLS(_ slapd: SlapdServer) -> [String: String] {
        ["security": "\"startTLS\"", "servers": "[\"127.0.0.1:\(slapd.plainPort)\"]"]
    }

    @Test func `StartTLS and TLS from the first byte both serve`() async throws {
        let slapd = try SlapdServer()
        let directory = try LDAPTestDirectory(slapd, settings: startTLS(slapd))
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.reset(id)
        #expect(try await directory.refusal("ines", TestPerson.otherPassword) == nil)
        #expect(slapd.log.contains("STARTTLS"))
    }

    @Test func `where StartTLS is taken away nothing is sent`() async throws {
        let slapd = try SlapdServer(["--no-tls"])
        let directory = try LDAPTestDirectory(slapd, settings: startTLS(slapd))
        defer { directory.end() }
        #expect(await reason(directory)?.contains("StartTLS") == true)
        #expect(sawNoPassword(slapd))
    }

    @Test(arguments: [true, false])
    func `a certificate of a foreign authority is refused before a password is sent`(startingTLS: Bool) async throws {
        let slapd = try SlapdServer()
        let foreign = try TestCertificates()
        var settings = startingTLS ? startTLS(slapd) : [:]
        settings["caFile"] = "\"\(foreign.authority)\""
        let directory = try LDAPTestDirectory(slapd, settings: settings)
        defer { directory.end() }
        #expect(await reason(directory) != nil)
        #expect(sawNoPassword(slapd))
    }

    @Test func `a certificate for another name is refused before a password is sent`() async throws {
        let slapd = try SlapdServer(certificates: try TestCertificates(names: "DNS:other.example.org"))
        let directory = try LDAPTestDirectory(slapd)
        defer { directory.end() }
        #expect(await reason(directory) != nil)
        #expect(sawNoPassword(slapd))
    }

    @Test func `a certificate that has expired is refused before a password is sent`() async throws {
        let certificates = try TestCertificates(at: "2020-01-01 00:00:00")
        let slapd = try SlapdServer(certificates: certificates)
        let directory = try LDAPTestDirectory(slapd)
        defer { directory.end() }
        #expect(await reason(directory) != nil)
        #expect(sawNoPassword(slapd))
    }

    @Test func `a certificate file that is not there is named`() async throws {
        let slapd = try SlapdServer()
        let directory = try LDAPTestDirectory(slapd, settings: ["caFile": "\"/nowhere/ca.pem\""])
        defer { directory.end() }
        #expect(await reason(directory)?.contains("/nowhere/ca.pem") == true)
    }

    @Test func `a service account that is refused is named, with the server`() async throws {
        let slapd = try SlapdServer()
        let secret = slapd.folder.write("wrong.secret", "not the password")
        let directory = try LDAPTestDirectory(slapd, settings: ["bindPassword": "{file: \"\(secret)\"}"])
        defer { directory.end() }
        let words = await reason(directory) ?? ""
        #expect(words.contains("service account") && words.contains("49") && words.contains("127.0.0.1"))
        #expect(!words.contains("not the password"))
    }
}
