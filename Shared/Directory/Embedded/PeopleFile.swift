import Model

/// `people.csv`, read and checked; problems of all rows are collected.
struct PeopleFile {
    /// The columns: `login` has to be there.
    static let required = ["login"]
    /// The columns that may be left out.
    static let optional = [
        "displayName", "firstName", "lastName", "mail", "mobile", "container", "password", "passwordAgeDays", "groups",
        "state", "language",
    ]

    private(set) var rows: [PersonRow] = []
    private var table: ImportTable

    var problems: [ImportProblem] { table.problems }

    init(_ file: ImportFile) {
        table = ImportTable(
            file: file.name, bytes: file.bytes, required: Self.required, optional: Self.optional)
        var seen: Set<String> = []
        for row in table.rows {
            guard let login = login(row) else { continue }
            if !seen.insert(login.folded).inserted { table.report(row.line, "login", "The login stands twice.") }
            rows.append(person(login, row))
        }
    }

    mutating func report(_ line: Int, _ column: String, _ message: String) {
        table.report(line, column, message)
    }

    /// Embedded logins are ASCII: two logins that look the same are the same.
    private mutating func login(_ row: ImportTable.Row) -> Login? {
        guard let login = Login(row["login"] ?? ""), login.text.utf8.count <= 64,
            login.text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            table.report(row.line, "login", "A login has 1 to 64 printable ASCII characters without spaces.")
            return nil
        }
        return login
    }

    private mutating func person(_ login: Login, _ row: ImportTable.Row) -> PersonRow {
        var person = PersonRow(line: row.line, login: login)
        person.displayName = name("displayName", row)
        person.firstName = name("firstName", row)
        person.lastName = name("lastName", row)
        person.mail = address("mail", row, "This is not a mail address.", isMailAddress)
        person.mobile = address("mobile", row, "This is not a number like +15550100123.", isMobileNumber)
        person.language = address("language", row, "This is not a language tag like de or de-CH.", isLanguageTag)
        person.container = container(row)
        person.groups = groups(row)
        person.states = states(row)
        person.password = row.exact("password").flatMap { $0.isEmpty ? nil : Secret($0) }
        person.passwordAge = .seconds(86_400 * days(row))
        return person
    }

    private mutating func name(_ column: String, _ row: ImportTable.Row) -> String? {
        guard let text = row[column] else { return nil }
        if text.unicodeScalars.count > 128 || text.unicodeScalars.contains(where: isControl) {
            table.report(row.line, column, "A name has at most 128 characters and no control characters.")
        }
        return text
    }

    private mutating func address(
        _ column: String, _ row: ImportTable.Row, _ message: String, _ isValid: (String) -> Bool
    ) -> String?? {
        guard let text = row[column] else { return nil }
        guard !text.isEmpty else { return .some(nil) }
        if !isValid(text) { table.report(row.line, column, message) }
        return .some(text)
    }

    private mutating func container(_ row: ImportTable.Row) -> Container? {
        guard let text = row["container"] else { return nil }
        let container = ContainerPath.parse(text)
        if container == nil { table.report(row.line, "container", ContainerPath.rule) }
        return container
    }

    private mutating func groups(_ row: ImportTable.Row) -> [String]? {
        guard let text = row["groups"] else { return nil }
        let names = listed(text)
        for name in names where !GroupName.isValid(name) { table.report(row.line, "groups", GroupName.rule) }
        return names
    }

    private mutating func states(_ row: ImportTable.Row) -> Set<PersonRow.State>? {
        guard let text = row["state"] else { return nil }
        var states: Set<PersonRow.State> = []
        for word in listed(text) {
            if let state = PersonRow.State(rawValue: word) {
                states.insert(state)
            } else {
                let known = PersonRow.State.allCases.map(\.rawValue).joined(separator: ", ")
                table.report(row.line, "state", "There is no such state; known are \(known).")
            }
        }
        if states.isSuperset(of: [.expired, .neverExpires]) {
            table.report(row.line, "state", "A password that never expires cannot have expired.")
        }
        return states
    }

    private mutating func days(_ row: ImportTable.Row) -> Int {
        guard let text = row["passwordAgeDays"], !text.isEmpty else { return 0 }
        guard text.utf8.count <= 5, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let days = Int(text)
        else {
            table.report(row.line, "passwordAgeDays", "This is not a number of days.")
            return 0
        }
        return days
    }
}

/// The parts of a field that lists several, separated by semicolons.
private func listed(_ text: String) -> [String] {
    text.split(separator: ";").map { part in
        let words = part.unicodeScalars.split(whereSeparator: \.properties.isWhitespace)
        return words.map { String($0) }.joined(separator: " ")
    }.filter { !$0.isEmpty }
}

/// A plain check that keeps out what cannot be an address; whether it is one shows when mail is sent.
private func isMailAddress(_ text: String) -> Bool {
    let parts = text.unicodeScalars.split(separator: "@", omittingEmptySubsequences: false)
    let isPlain = text.unicodeScalars.allSatisfy { !isControl($0) && !$0.properties.isWhitespace }
    return text.utf8.count <= 254 && isPlain && parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
}

/// E.164: a plus and 7 to 15 digits, the first not 0.
private func isMobileNumber(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard (8...16).contains(bytes.count), bytes[0] == UInt8(ascii: "+"), bytes[1] != UInt8(ascii: "0") else {
        return false
    }
    return bytes.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
}

/// The shape of a language tag (RFC 5646 §2.1); which languages there are is not asked.
private func isLanguageTag(_ text: String) -> Bool {
    let subtags = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    let isLetter: (UInt8) -> Bool = { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
    guard let first = subtags.first, first.count >= 2, first.allSatisfy(isLetter) else { return false }
    return subtags.allSatisfy { subtag in
        (1...8).contains(subtag.count) && subtag.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) }
    }
}
