import FoundationEssentials
import Model
import TestSupport
import Testing

@testable import Directory

/// Names of entries, read into components.
@Suite struct DistinguishedNameTests {
    private func name(_ text: String) throws -> DistinguishedName { try #require(DistinguishedName(text), "\(text)") }

    /// OP-05
    @Test(arguments: [
        ("OU=Sales,DC=Example,DC=Test", "ou=sales,dc=example,dc=test"),
        ("ou = Sales , dc=example,dc=test", "ou=sales,dc=example,dc=test"),
        ("organizationalUnitName=Sales,dc=test", "2.5.4.11=Sales,domainComponent=test"),
        ("ou=Sales\\, EMEA,dc=test", "ou=Sales\\2C EMEA,dc=test"),
        ("ou=Sales\\2C  EMEA,dc=test", "ou=sales\\, emea,dc=test"),
        ("cn=a+ou=b,dc=test", "OU=B+CN=A,dc=test"), ("ou=S\u{E3}o,dc=test", "ou=Sa\u{303}o,dc=test"),
        ("ou=S\\C3\\A3o,dc=test", "ou=São,dc=test"), ("ou=\\20a\\20,dc=test", "ou=a,dc=test"),
    ]) func `names that differ in writing are one`(left: String, right: String) throws {
        #expect(try name(left) == name(right) && name(left).hashValue == name(right).hashValue)
        #expect(try name(left).canonical == name(right).canonical)
        #expect(try name(left).container == name(right).container)
    }

    /// OP-05: nothing stands below another by the end of its text.
    @Test(arguments: [
        ("ou=NotSales,dc=test", "ou=Sales,dc=test"), ("cn=x\\,ou=Sales,dc=test", "ou=Sales,dc=test"),
        ("cn=x,ou=Sales\\,dc\\=test,dc=test", "ou=Sales,dc=test"), ("cn=x,ou=Sales+l=Rome,dc=test", "ou=Sales,dc=test"),
        ("cn=x,cn=Sales,dc=test", "ou=Sales,dc=test"), ("cn=ou\\=Sales\\,dc\\=test", "ou=Sales,dc=test"),
        ("dc=test", "ou=Sales,dc=test"), ("ou=Sales,dc=test,dc=evil", "ou=Sales,dc=test"),
        ("cn=x,ou=Sales\\+l\\=Rome,dc=test", "ou=Sales+l=Rome,dc=test"), ("cn=x,ou=Şales,dc=test", "ou=Sales,dc=test"),
        ("cn=x,ou=Sa\\00les,dc=test", "ou=Sales,dc=test"), ("cn=x,ou=Sales\\00,dc=test", "ou=Sales,dc=test"),
    ]) func `a name that only looks like it is not below another`(below: String, above: String) throws {
        #expect(try !name(below).isWithin(name(above)))
        #expect(try !name(above).container.holds(name(below).container))
    }

    /// OP-05
    @Test(arguments: [
        ("cn=x,ou=Berlin,OU=Sales,dc=test", "ou=sales,DC=test"),
        ("cn=x,l=Rome+ou=Sales,dc=test", "OU=sales+L=rome,dc=test"),
        ("cn=x,ou=Sales\\, EMEA,dc=test", "ou=sales\\2c emea,dc=test"), ("ou=Sales,dc=test", "ou=Sales,dc=test"),
        ("ou=Sales,dc=test", ""),
    ]) func `a name below another is found below it`(below: String, above: String) throws {
        #expect(try name(below).isWithin(name(above)))
        #expect(try name(above).container.holds(name(below).container))
    }

    @Test(arguments: [
        "ou", "ou=a,", "ou=a,,dc=b", ",", "=a", "ou=a\u{0}", "ou=a\\", "ou=a\\zz", "ou=a;;", "ou=\\FF", "ou=#0402",
        "cn=#04024869", "ou=a+", "<GUID=1>;cn=x", String(repeating: "ou=a,", count: 2_000) + "dc=b",
    ]) func `a malformed name is none`(text: String) {
        #expect(DistinguishedName(text) == nil)
    }

    @Test func `the parent of a name holds it`() throws {
        #expect(try name("cn=a\\,b,ou=c,dc=d").parent == name("ou=c,dc=d"))
        #expect(try name("").parent == name("") && name("").canonical.isEmpty)
    }

    /// IN-02: escaped values, read back by us and by a parser that is not ours.
    @Test func `a canonical name is read back as it was by others too`() throws {
        let values = LDAPFilterTests.corpus.compactMap { String(validating: $0, as: UTF8.self) }
            .filter { !$0.contains("\u{0}") && $0.contains { $0 != " " } && $0.utf8.count < 4_000 }
        let names = values.map { value in
            let bytes = value.utf8.map { "\\" + hex([$0]) }.joined()
            return DistinguishedName("cn=\(bytes)+ou=x,dc=test")
        }
        let canonical = try names.map { try #require($0).canonical }
        for (index, text) in canonical.enumerated() { #expect(DistinguishedName(text) == names[index], "\(text)") }
        let request = try JSONEncoder().encode(["names": canonical])
        let result = try runProgram("/usr/bin/python3", [kitFile("ldap-parse.py")], input: Array(request))
        try #require(result.status == 0, "\(result.errorText)")
        let others = try JSONDecoder().decode([String: [[[[String]]]?]].self, from: Data(result.stdout))["names"] ?? []
        #expect(others.count == canonical.count && canonical.count > 30)
        for (index, other) in others.enumerated() {
            let own = names[index]?.components.map { $0.map { [$0.type, $0.folded] } }
            #expect(other == own, "\(canonical[index])")
        }
    }
}
