import Model
import Testing

@testable import Directory

/// How Active Directory writes times, ids and passwords, and how it says no.
@Suite struct ActiveDirectoryFormatTests {
    /// 1970 and 2000 by MS-DTYP §2.3.3's own count; the third as a domain controller wrote it.
    @Test(
        arguments: [
            (116_444_736_000_000_000, "1970-01-01T00:00:00.000Z"),
            (125_911_584_000_000_000, "2000-01-01T00:00:00.000Z"),
            (134_397_433_510_140_660, "2026-11-21T14:02:31.014Z"), (1, "1601-01-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func `a file time is a moment`(steps: Int64, moment: String) {
        #expect(FileTime.timestamp(steps)?.description == moment)
    }

    @Test(arguments: [0, -1, .min, .max] as [Int64])
    func `zero, never and what is negative are no moment`(steps: Int64) {
        #expect(FileTime.timestamp(steps) == nil)
    }

    @Test func `a span of a policy is negative, and 0 and the smallest number have no end`() {
        #expect(FileTime.span(-18_000_000_000) == .seconds(1_800))
        #expect(FileTime.span(.min + 1) == .microseconds(Int64.max / 10))
        for steps in [0, .min, 1, .max] as [Int64] { #expect(FileTime.span(steps) == nil) }
    }

    /// The bytes and the text are what a domain controller says of one entry by `objectGUID` and by its extended name.
    @Test func `an id is written with its first groups turned around`() throws {
        let bytes: [UInt8] = [
            0xE1, 0xB6, 0x9E, 0x86, 0x1D, 0xD3, 0x78, 0x43, 0x8C, 0xAB, 0xF5, 0xA4, 0x7B, 0xB0, 0x75, 0x80,
        ]
        let id = try #require(ObjectGUID(bytes: bytes))
        #expect(id.text == "869eb6e1-d31d-4378-8cab-f5a47bb07580")
        #expect(ObjectGUID(id.text) == id)
        #expect(ObjectGUID(bytes: Array(bytes.dropLast())) == nil)
    }

    /// Two texts of one id would be two accounts.
    @Test(arguments: [
        "869EB6E1-d31d-4378-8cab-f5a47bb07580", "869eb6e1d31d43788cabf5a47bb07580", "", "absent",
        "{869eb6e1-d31d-4378-8cab-f5a47bb07580}", "869eb6e1-d31d-4378-8cab-f5a47bb0758",
        "869eb6e1-d31d-4378-8cab-f5a47bb0758é",
        "869eb6e1-d31d-4378-8cab_f5a47bb07580", "869eb6e1-d31d-4378-8cab-f5a47bb07580 ",
    ])
    func `an id has one text`(text: String) {
        #expect(ObjectGUID(text) == nil)
    }

    @Test func `a password is quoted and written in UTF-16`() {
        let value = { (text: String) in UnicodePassword.value(of: Secret(text))?.copyBytes() }
        #expect(value("ab") == [0x22, 0, 0x61, 0, 0x62, 0, 0x22, 0])
        #expect(value("ä€") == [0x22, 0, 0xE4, 0, 0xAC, 0x20, 0x22, 0])
        #expect(value("😀") == [0x22, 0, 0x3D, 0xD8, 0x00, 0xDE, 0x22, 0])
        #expect(value("") == [0x22, 0, 0x22, 0])
        #expect(UnicodePassword.value(of: Secret([0x61, 0xFF])) == nil)
    }

    /// RL-03: the words of Samba 4.17 and of Windows differ in everything but the sub-code.
    @Test(
        arguments: [
            ("525", .refused(.unknownAccount)), ("52e", .refused(.wrongPassword)), ("52E", .refused(.wrongPassword)),
            ("530", .refused(.refusedByDirectory)), ("531", .refused(.refusedByDirectory)),
            ("532", .refused(.passwordExpired)), ("533", .refused(.disabled)), ("701", .refused(.accountExpired)),
            ("773", .mustChange), ("775", .refused(.locked)), ("0", .refused(.wrongPassword)),
            ("", .refused(.wrongPassword)), ("+773", .refused(.wrongPassword)),
            ("773773773773", .refused(.wrongPassword)),
        ] as [(String, BindVerdict)])
    func `the sub-code of a refused bind is its reason`(code: String, verdict: BindVerdict) {
        let prefix = "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data "
        #expect(BindVerdict(refusal: prefix + code + ", v1db1") == verdict)
        #expect(BindVerdict(refusal: "80090308: LdapErr: data " + code) == .refused(.wrongPassword))
    }

    @Test func `a refusal of a right password proves the password, a lock proves nothing`() {
        #expect(BindVerdict.accepted.provesPassword == true && BindVerdict.mustChange.provesPassword == true)
        #expect(BindVerdict.refused(.passwordExpired).provesPassword == true)
        #expect(BindVerdict.refused(.wrongPassword).provesPassword == false)
        #expect(BindVerdict.refused(.locked).provesPassword == nil)
    }

    /// PW-01
    @Test(arguments: [
        "0000052D: Constraint violation - check_password_restrictions: the password is too short.",
        "0000052D: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0",
    ])
    func `a policy's refusal is told by its number, in our words`(message: String) {
        for code in [LDAPResultCode.constraintViolation, .unwillingToPerform] {
            let error = #expect(throws: StoreError.self) {
                try WriteRefusal.check(LDAPResult(code: code, message: message))
            }
            guard case .refused("directoryPolicy", let words) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(!words.contains("DSID") && !words.contains("check_password"))
        }
    }

    @Test func `every refusal of a write has its meaning`() {
        let error = { (code: LDAPResultCode, message: String) -> StoreError? in
            do throws(StoreError) {
                try WriteRefusal.check(LDAPResult(code: code, message: message))
                return nil
            } catch {
                return error
            }
        }
        #expect(error(.success, "") == nil)
        #expect(error(.noSuchObject, "") == .notFound)
        #expect(error(.insufficientAccessRights, "00002098: …")?.isUnsupported == true)
        #expect(error(.referral, "")?.isUnsupported == true)
        #expect(error(.busy, "").map { if case .unavailable = $0 { true } else { false } } == true)
        #expect(
            error(.constraintViolation, "00000056: …").map { if case .malformed = $0 { true } else { false } } == true)
        #expect(error(.other, "").map { if case .outcomeUnknown = $0 { true } else { false } } == true)
        for text in ["", "52D", "0000052D", "+000052D: x", "0000052G: x"] {
            #expect(WriteRefusal.windowsError(text) == (text == "0000052D" ? 0x52D : nil), "\(text)")
        }
    }

    @Test func `replication metadata that is damaged is none`() throws {
        var bytes = [UInt8](repeating: 0, count: 16 + 48)
        (bytes[0], bytes[8]) = (1, 1)
        bytes.replaceSubrange(16..<24, with: [0x5A, 0, 9, 0, 7, 0, 0, 0])
        bytes[48] = 5
        let stamp = try #require(ReplicationMetadata(bytes)?[.unicodePwd])
        #expect(stamp.version == 7 && stamp.originatingUSN == 5 && ReplicationMetadata(bytes)?[.lockoutTime] == nil)
        for count in 0..<bytes.count { #expect(ReplicationMetadata(Array(bytes.prefix(count))) == nil) }
        bytes[0] = 2
        #expect(ReplicationMetadata(bytes) == nil)
        (bytes[0], bytes[11]) = (1, 0xFF)
        #expect(ReplicationMetadata(bytes) == nil)
    }

    @Test func `a cookie is read as it was written, and others are none`() throws {
        let id = try #require(ObjectGUID(bytes: Array(1...16)))
        for isFull in [true, false] {
            for usn in [0, 1, 258, .max] as [UInt64] {
                let cookie = ChangeCookie(invocation: id, usn: usn, isFull: isFull)
                #expect(ChangeCookie(cookie.cookie) == cookie)
            }
        }
        for bytes in [[], [1], [UInt8](repeating: 0, count: 25), [UInt8](repeating: 1, count: 26)] {
            #expect(ChangeCookie(SyncCookie(bytes)) == nil)
        }
    }

    /// Every write is in one window, however full they are.
    @Test(arguments: [1, 4_095, 4_096, 4_097, 1_000_000] as [UInt64])
    func `windows leave nothing out and the last one is open`(highest: UInt64) {
        var window = ChangeWindow(after: 0)
        var next: UInt64 = 1
        var turns = 0
        while turns < 10_000 {
            turns += 1
            #expect(window.from == next)
            if turns.isMultiple(of: 3) { window.narrow(highest) }
            guard let end = window.end(highest) else { break }
            #expect(end >= window.from)
            next = end + 1
            window.move(past: end, found: turns.isMultiple(of: 2) ? 0 : 400)
        }
        #expect(turns < 10_000 && window.end(highest) == nil)
    }

    @Test func `a window at the end of all numbers does not trap`() {
        var window = ChangeWindow(after: .max)
        #expect(window.end(.max) == nil)
        window.narrow(0)
        #expect(window.end(.max) == nil)
    }

    @Test(
        arguments: [
            ("+15550100042", "+15550100042"), ("+49 (30) 555-0101", "+49305550101"),
            ("+1.555.010/0042", "+15550100042"),
            ("015550100042", nil), ("+0155501000", nil), ("+1555", nil), ("", nil), ("+", nil), ("+１5550100042", nil),
            ("+1555010004212345", nil),
        ] as [(String, String?)])
    func `a number people wrote is told in international form or not at all`(text: String, number: String?) {
        #expect(internationalNumber(text) == number)
    }
}

extension StoreError {
    /// Whether it is something the store cannot do.
    var isUnsupported: Bool {
        if case .unsupported = self { true } else { false }
    }
}
