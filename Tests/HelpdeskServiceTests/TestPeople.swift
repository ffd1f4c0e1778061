import Model

/// Who lives in the test directory. Everybody has `TestDesk.password`.
enum TestPeople {
    struct Person {
        let login: String
        let name: String
        var container = "Staff/Berlin"
        var groups = ""
        var state = ""
    }

    static let stores: [(String, [Person])] = [
        (
            "staff",
            [
                Person(login: "anna", name: "Anna Berger", state: "locked"),
                Person(login: "ben", name: "Ben Okafor"),
                Person(login: "cora", name: "Cora Lindt", container: "Staff/Paris"),
                Person(login: "paul", name: "Paul Protected", groups: "Board"),
                Person(login: "ola", name: "Ola Operator", groups: "Helpdesk"),
                Person(login: "pia", name: "Pia Operator", groups: "Helpdesk"),
                Person(login: "ada", name: "Ada Admin"),
            ]
        ),
        ("contractors", [Person(login: "anna.b", name: "Anna Berger", state: "locked")]),
    ]

    static func csv(_ people: [Person]) -> String {
        let header = "login,displayName,firstName,lastName,mail,mobile,container,password,groups,state\r\n"
        return header
            + people.enumerated().map { index, person in
                let parts = person.name.split(separator: " ")
                let first = parts.first ?? ""
                let last = parts.last ?? ""
                return "\(person.login),\(person.name),\(first),\(last),\(person.login)@people.example.org,"
                    + "+1555010010\(index),\(person.container),\(TestDesk.password),\(person.groups),"
                    + "\(person.state)\r\n"
            }.joined()
    }
}
