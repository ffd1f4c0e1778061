import Model
import Platform
import TestSupport
import Testing

@testable import Directory

/// What is OpenLDAP's own, beyond what every store has to do.
@Suite struct LDAPStoreTests {
    private func changing(_ dn: String, _ lines: String...) -> String {
        (["dn: " + dn, "changetype: modify"] + lines).joined(separator: "\n") + "\n"
    }

    /// IN-02: the server's own log of the filter it parsed, for every login of the corpus.
    @Test func `no login changes the search that the server sees`() async throws {
        let directory = try LDAPTestDirectory()
        defer { directory.end() }
        _ = try await directory.add(TestPerson("ines"))
        let before = directory.slapd.log.utf8.count
        let logins = LDAPFilterTests.corpus.compactMap { String(validating: $0, as: UTF8.self) }.filter {
            $0.utf8.count < 1_000
        }
        for login in logins {
            #expect(try await directory.refusal(login) == .unknownAccount, "\(login)")
            #expect(try await directory.store.account(login: login) == nil, "\(login)")
        }
        let searches = String(decoding: directory.slapd.log.utf8.dropFirst(before), as: UTF8.self).split(
            separator: "\n"
        )
        .filter { $0.contains(" SRCH base=") && $0.contains("(uid=") }
        #expect(searches.count >= logins.count)
        for search in searches { #expect(search.contains("filter=\"(&(objectClass=inetOrgPerson)(uid="), "\(search)") }
    }

    /// RL-03: a search and a bind each, whatever is wrong.
    @Test func `an unknown login costs the server the work of a known one`() async throws {
        let directory = try LDAPTestDirectory()
        defer { directory.end() }
        _ = try await directory.add(TestPerson("ines"))
        _ = try await directory.refusal("ines", "wrong")
        let work = { (login: String, password: String) async throws -> [String: Int] in
            let before = directory.slapd.log.utf8.count
            _ = try await directory.refusal(login, password)
            let lines = String(decoding: directory.slapd.log.utf8.dropFirst(before), as: UTF8.self).split(
                separator: "\n")
            return [
                "searches": lines.count { $0.contains(" SRCH base=") },
                "binds": lines.count { $0.contains(" BIND dn=") && $0.contains("method=128") },
            ]
        }
        let known = try await work("ines", "wrong")
        #expect(known == ["searches": 1, "binds": 1])
        #expect(try await work("nobody", "wrong") == known)
        #expect(try await work("*", "wrong") == known)
        #expect(try await work("ines", "") == known)
        #expect(directory.slapd.log.contains("BIND dn=\"cn=decoy,ou=services,dc=example,dc=test\" method=128"))
    }

    /// PW-01
    @Test func `the directory's refusal has a code and words of our own`() async throws {
        let directory = try LDAPTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let code = { (password: String) async throws -> String? in
            do throws(StoreError) {
                _ = try await directory.store.resetPassword(
                    of: id, to: Secret(password), mustChange: true, operation: operationID("op"))
                return nil
            } catch {
                guard case .refused(let code, let message) = error else { throw error }
                #expect(message.hasSuffix(".") && !message.contains(password))
                return code
            }
        }
        #expect(try await code("Qx7!") == "password.too_short")
        #expect(try await code(TestPerson.otherPassword) == nil)
        #expect(try await code(TestPerson.otherPassword) == "password.in_history")
    }

    /// PW-01
    @Test(arguments: [
        (PasswordPolicyAnswer.Problem.passwordTooShort, "too_short"), (.passwordTooLong, "too_long"),
        (.passwordInHistory, "in_history"), (.passwordTooYoung, "too_young"), (.insufficientPasswordQuality, "weak"),
        (.passwordModNotAllowed, "not_allowed"), (.mustSupplyOldPassword, "old_needed"), (.accountLocked, "refused"),
    ]) func `every problem of a policy has a code`(problem: PasswordPolicyAnswer.Problem, code: String) {
        guard case .refused(let found, let message) = LDAPRefusal.ofPassword(problem) else {
            Issue.record("not refused")
            return
        }
        #expect(found == "password." + code && message.hasSuffix("."))
    }

    @Test func `a lock that has lapsed is none, though its attribute is still there`() async throws {
        let directory = try LDAPTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.lock("ines")
        #expect(try await directory.read(id).isLocked)
        let hourAgo = generalizedTime(SystemClock().now() - .seconds(3_600))
        try directory.slapd.change(
            changing(try directory.name(id), "replace: pwdAccountLockedTime", "pwdAccountLockedTime: \(hourAgo)"))
        let account = try await directory.read(id)
        #expect(!account.isLocked && account.lockedUntil == nil)
        #expect(try await directory.refusal("ines") == nil)
    }

    /// An unlock that keeps the failures would lock again at the next slip.
    @Test func `an unlock forgets the failures too`() async throws {
        let directory = try LDAPTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.lock("ines")
        _ = try await directory.store.unlock(id, operation: operationID("op"))
        _ = try await directory.refusal("ines", "wrong")
        #expect(try await directory.read(id).isLocked == false)
        #expect(try await directory.refusal("ines") == nil)
    }

    @Test func `a must-change reset lets the owner do nothing but change the password`() async throws {
        let directory = try LDAPTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.reset(id, mustChange: true)
        #expect(try directory.slapd.search("(uid=ines)", ["pwdReset"]).contains("pwdReset: TRUE"))
        #expect(try !directory.slapd.lets(directory.name(id), in: TestPerson.rightPassword))
    }

    /// CR-04: what nobody did to the password does not change the version.
    @Test func `the version stays over sign-ins, wrong passwords and changes of the entry`() async throws {
        let directory = try LDAPTestDirectory()
        defer { directory.end() }
        var person = TestPerson("ines")
        let id = try await directory.add(person)
        let version = try await directory.read(id).credentialVersion
        _ = try await directory.refusal("ines", "wrong")
        _ = try await directory.refusal("ines")
        person.displayName = "Somebody Else"
        try await directory.change(id, to: person)
        #expect(try await directory.read(id).credentialVersion == version)
    }

    /// CR-04
    @Test func `an unlock is settled by the lock`() async throws {
        let directory = try LDAPTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.lock("ines")
        let since = try await directory.read(id).credentialVersion
        let operation = operationID("op")
        let settle = { try await directory.store.settlement(of: operation, account: id, since: since, setting: nil) }
        #expect(try await settle() == .notApplied)
        _ = try await directory.store.unlock(id, operation: operation)
        #expect(try await settle() == .applied)
        try await directory.reset(id)
        #expect(try await settle() == .unknown)
    }

    @Test func `an entry that was moved and renamed between verify and reset is the one that is reset`() async throws {
        let directory = try LDAPTestDirectory()
        defer { directory.end() }
        var person = TestPerson("ines")
        let id = try await directory.add(person)
        person.container = "Staff/Rome"
        try await directory.change(id, to: person)
        try directory.slapd.change(
            "dn: \(directory.dn(person))\nchangetype: modrdn\nnewrdn: uid=ines.new\ndeleteoldrdn: 0\n")
        try await directory.reset(id)
        #expect(
            try directory.slapd.lets(
                "uid=ines.new,ou=Rome,ou=Staff," + LDAPTestDirectory.people, in: TestPerson.otherPassword))
    }

    /// The name of an entry that was looked up can be somebody else's a moment later: the server looks at the id again.
    @Test func `an entry that took the name of the one meant is not written`() async throws {
        let directory = try LDAPTestDirectory()
        defer { directory.end() }
        let old = try await directory.add(TestPerson("ines"))
        let dn = try directory.name(old)
        try await directory.remove(old)
        _ = try await directory.add(TestPerson("ines"))
        let change = LDAPModification.replace("userPassword", [Array(TestPerson.otherPassword.utf8)])
        let result = try await directory.ldap.send([change], to: dn, of: old)
        #expect(result.code == .assertionFailed)
        #expect(try directory.slapd.lets(dn, in: TestPerson.rightPassword))
    }

    @Test(arguments: ["search", "memberOf"])
    func `groups are found by searching and by the attribute alike`(lookup: String) async throws {
        let directory = try LDAPTestDirectory(settings: ["groups": "\"\(lookup)\""])
        defer { directory.end() }
        var person = TestPerson("ines")
        person.groups = ["Tier 1"]
        let id = try await directory.add(person)
        try await directory.nest(["Tier 1"], in: "Helpdesk")
        try await directory.nest(["Helpdesk"], in: "Tier 1")
        #expect(try await directory.read(id).groups == Set(["Tier 1", "Helpdesk"].map(directory.group)))
    }

    @Test(arguments: ["staff", "cn=staff", "CN=Staff, OU=Groups,dc=example,dc=test", "", "cn=a\u{0}"])
    func `a group is a name in the tree and nothing less`(text: String) async throws {
        let directory = try LDAPTestDirectory()
        defer { directory.end() }
        let expected = [
            "cn=staff": "cn=staff", "CN=Staff, OU=Groups,dc=example,dc=test": "cn=staff,ou=groups,dc=example,dc=test",
        ]
        #expect(directory.store.group(parsing: text) == expected[text])
    }

    @Test func `a login two entries have belongs to nobody`() async throws {
        let directory = try LDAPTestDirectory()
        defer { directory.end() }
        _ = try await directory.add(TestPerson("ines"))
        var other = TestPerson("ines")
        other.container = "Staff"
        try directory.slapd.change(
            "dn: ou=Staff,\(LDAPTestDirectory.people)\nchangetype: add\nobjectClass: organizationalUnit\nou: Staff\n")
        try directory.slapd.change(
            "dn: uid=ines,ou=Staff,\(LDAPTestDirectory.people)\nchangetype: add\nobjectClass: inetOrgPerson\nuid: ines\ncn: x\nsn: x\nuserPassword: \(TestPerson.rightPassword)\n"
        )
        #expect(try await directory.refusal("ines") == .unknownAccount)
        #expect(try await directory.store.account(login: "ines") == nil)
    }

    @Test func `a service account without the right to write is told so`() async throws {
        let directory = try LDAPTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let reader = try LDAPTestDirectory.open(
            directory.slapd,
            [
                "bindName": "\"\(try directory.name(id))\"",
                "bindPassword": "{file: \"\(directory.slapd.folder.write("own.secret", TestPerson.rightPassword))\"}",
            ])
        defer { reader.close() }
        let other = try await directory.add(TestPerson("joao"))
        let error = await #expect(throws: StoreError.self) {
            try await reader.resetPassword(
                of: other, to: Secret(TestPerson.otherPassword), mustChange: false, operation: operationID("op"))
        }
        guard case .unsupported = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try directory.slapd.lets(directory.name(other), in: TestPerson.rightPassword))
    }
}
