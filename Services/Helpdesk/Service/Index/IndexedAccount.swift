import Directory
import Model
import SQL
import StrictJSON

/// What the index keeps of an account: what a list shows, and what it is found and sorted by.
struct IndexedAccount: Sendable, Equatable {
    let id: AccountID
    let sortKey: String
    let text: String
    let login: String
    let name: String
    let firstName: String
    let lastName: String
    let mail: String?
    /// The languages they prefer, as their directory states them.
    let language: String?
    let container: Container
    let isLocked: Bool
    let lockedUntil: Timestamp?
    let isDisabled: Bool
    let mustChange: Bool
    let passwordExpires: Fact<Timestamp>
    let lastPasswordSet: Fact<Timestamp>

    /// What is kept of an account as its directory shows it. A NUL, which no database keeps, becomes a space.
    init(_ account: DirectoryAccount) {
        id = account.id
        login = storable(account.login)
        name = storable(account.displayName)
        firstName = storable(account.firstName)
        lastName = storable(account.lastName)
        mail = account.mail.map(storable)
        language = account.language.map(storable)
        container = account.container
        isLocked = account.isLocked
        lockedUntil = account.lockedUntil
        isDisabled = account.isDisabled
        mustChange = account.mustChange
        passwordExpires = account.passwordExpires
        lastPasswordSet = account.lastPasswordSet
        sortKey = SearchText.sortKey(name)
        text = SearchText.text(firstName: firstName, lastName: lastName, mail: mail ?? "")
    }
}

extension IndexedAccount {
    /// The columns of a row from `sort_key` on, in the order of ``values``.
    static let columns = """
        sort_key, text, login, name, first_name, last_name, mail, container, locked, locked_until, disabled, must_change,
        password_expires, last_password_set, language
        """

    /// What goes into them.
    var values: [SQLValue] {
        [
            .text(sortKey), .text(text), .text(login), .text(name), .text(firstName), .text(lastName), SQLValue(mail),
            .text(String(decoding: JSON.array(container.components.map(JSON.string)).serialized(), as: UTF8.self)),
            SQLValue(isLocked), SQLValue(lockedUntil), SQLValue(isDisabled), SQLValue(mustChange),
            passwordExpires.stored, lastPasswordSet.stored, SQLValue(language),
        ]
    }

    /// Reads them, from a column of the row on.
    init(_ id: AccountID, _ row: Row, from first: Int) throws {
        self.id = id
        sortKey = try row.text(first)
        text = try row.text(first + 1)
        login = try row.text(first + 2)
        name = try row.text(first + 3)
        firstName = try row.text(first + 4)
        lastName = try row.text(first + 5)
        mail = try row.optionalText(first + 6)
        container = try row.parsed(first + 7) { text in
            let parts = (try? JSON.parse(Array(text.utf8)))?.arrayValue?.compactMap(\.stringValue)
            return parts.map { Container(components: $0) }
        }
        isLocked = try row.bool(first + 8)
        lockedUntil = try row.optionalTimestamp(first + 9)
        isDisabled = try row.bool(first + 10)
        mustChange = try row.bool(first + 11)
        passwordExpires = Fact(stored: try row.optionalTimestamp(first + 12))
        lastPasswordSet = Fact(stored: try row.optionalTimestamp(first + 13))
        language = try row.optionalText(first + 14)
    }

    /// Whether a lock is still one: those that lapse do so without a word from the directory.
    func isLocked(at now: Timestamp) -> Bool {
        isLocked && (lockedUntil.map { now < $0 } ?? true)
    }
}

/// Stands for "never" where a time is stored.
private let storedNever = Timestamp(microseconds: .max)

extension Fact<Timestamp> {
    /// Reads what `stored` was.
    init(stored: Timestamp?) {
        self = stored.map { $0 == storedNever ? .never : .at($0) } ?? .unknown
    }

    fileprivate var stored: SQLValue {
        switch self {
        case .at(let moment): SQLValue(moment)
        case .never: SQLValue(storedNever)
        case .unknown: .null
        }
    }
}

private func storable(_ text: String) -> String {
    guard text.utf8.contains(0) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? " " : $0 }))
}
