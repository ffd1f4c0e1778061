import Directory
import Model
import Testing

/// `links.csv`, before logins are looked up.
@Suite struct LinkFileTests {
    private func parse(_ rows: [[String]]) throws(ImportError) -> LinkFile {
        try LinkFile.parse(Array(csv([["masterStore", "masterLogin", "store", "login"]] + rows).utf8))
    }

    @Test func `links are read in order with their lines`() throws {
        let file = try parse([["staff", "ines", "contractors", "c.ines"], ["staff", "ines", "partners", "Inês"]])
        #expect(file.links.map(\.line) == [2, 3])
        #expect(file.links.map(\.master.login) == ["ines", "ines"])
        #expect(file.links.map(\.linked.store.text) == ["contractors", "partners"])
        #expect(file.links[1].linked.login == "Inês")
    }

    @Test(arguments: [
        (["sta ff", "a", "x", "b"], "This is not the id of a store."),
        (["staff", "", "x", "b"], "A login has 1 to 256 characters, no control characters and no spaces at its ends."),
        (["staff", "a", "staff", "A"], "The account is linked to itself."),
        (["staff", "z", "x", "TAKEN"], "The account is linked twice."),
        (["staff", "z", "staff", "ines"], "The linked account is a master of others."),
        (["x", "taken", "y", "b"], "The linked account is a master of others."),
    ]) func `a wrong link is named`(row: [String], message: String) {
        let error = #expect(throws: ImportError.self) { try parse([["staff", "ines", "x", "taken"], row]) }
        guard case .invalid(let problems) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(problems.contains { $0.message == message }, "\(problems)")
    }
}
