import Model

/// One checked record of `people.csv`. A `nil` stands for a column the file lacks: an existing account keeps its value.
struct PersonRow: Sendable {
    /// What the `state` column may say, separated by semicolons.
    enum State: String, CaseIterable, Sendable {
        /// Locked until somebody unlocks.
        case locked
        /// The password has expired.
        case expired
        /// The password never expires.
        case neverExpires
        /// The password has to be changed at the next logon.
        case mustChange
        /// Switched off by an administrator.
        case disabled
        /// The account itself has expired.
        case accountExpired
    }

    let line: Int
    let login: Login
    var displayName: String?
    var firstName: String?
    var lastName: String?
    var mail: String??
    var mobile: String??
    var language: String??
    var container: Container?
    var groups: [String]?
    var states: Set<State>?
    var password: Secret?
    var passwordAge: Duration = .zero

    /// The description an account has after this record, given what it had before.
    func person(over old: PersonFields?) -> PersonFields {
        var person = old ?? PersonFields(displayName: "")
        person.firstName = firstName ?? person.firstName
        person.lastName = lastName ?? person.lastName
        person.mail = mail ?? person.mail
        person.mobile = mobile ?? person.mobile
        person.language = language ?? person.language
        person.container = container ?? person.container
        person.displayName = displayName ?? person.displayName
        if person.displayName.isEmpty {
            person.displayName = [person.firstName, person.lastName].filter { !$0.isEmpty }.joined(separator: " ")
        }
        if person.displayName.isEmpty { person.displayName = login.text }
        return person
    }
}
