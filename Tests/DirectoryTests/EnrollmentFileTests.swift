import Directory
import Model
import Testing

/// `enrollments.csv`, before logins are looked up.
@Suite struct EnrollmentFileTests {
    private let now = Timestamp(seconds: 1_795_262_400)

    private func parse(_ rows: [[String]]) throws(ImportError) -> EnrollmentFile {
        let header = ["store", "login", "type", "enrolledAt", "label"]
        return try EnrollmentFile.parse(Array(csv([header] + rows).utf8), now: now)
    }

    @Test func `enrollments are read in order with their lines`() throws {
        let file = try parse([
            ["staff", "ines", "yubiKey", "2026-01-31T08:00:00Z", "YubiKey 5 NFC"],
            ["staff", "ines", "windowsHello", "", ""], ["staff", "joao", "linkAccount", "", ""],
        ])
        #expect(file.rows.map(\.line) == [2, 3, 4])
        #expect(file.rows.map(\.type) == [.yubiKey, .windowsHello, .linkAccount])
        #expect(
            file.rows[0].enrolledAt == Timestamp(rfc3339: "2026-01-31T08:00:00Z")
                && file.rows[0].label == "YubiKey 5 NFC")
        #expect(file.rows[1].enrolledAt == nil && file.rows[1].label == nil)
    }

    @Test(arguments: [
        (["sta ff", "a", "yubiKey", "", ""], "store"), (["staff", "", "yubiKey", "", ""], "login"),
        (["staff", "a", "email", "", ""], "type"), (["staff", "a", "YubiKey", "", ""], "type"),
        (["staff", "a", "yubiKey", "yesterday", ""], "enrolledAt"),
        (["staff", "a", "yubiKey", "2999-01-01T00:00:00Z", ""], "enrolledAt"),
        (["staff", "a", "yubiKey", "", String(repeating: "x", count: 129)], "label"),
        (["staff", "INES", "yubiKey", "", ""], nil),
    ]) func `a wrong enrollment is named`(row: [String], column: String?) {
        let error = #expect(throws: ImportError.self) { try parse([["staff", "ines", "yubiKey", "", ""], row]) }
        guard case .invalid(let problems) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(problems.map(\.line) == [3] && problems.map(\.column) == [column], "\(problems)")
    }
}
