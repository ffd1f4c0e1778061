/// `groups.csv`: `group,memberGroup`, a row for each group that is a member of another. An empty `memberGroup` only
/// makes the group.
struct GroupsFile {
    /// The groups in the order of the file, each with its member groups.
    private(set) var members: [(group: String, members: [String])] = []
    private(set) var problems: [ImportProblem] = []

    init(_ file: ImportFile) {
        var table = ImportTable(file: file.name, bytes: file.bytes, required: ["group", "memberGroup"])
        for row in table.rows {
            let group = row["group"] ?? ""
            let member = row["memberGroup"] ?? ""
            if !GroupName.isValid(group) {
                table.report(row.line, "group", GroupName.rule)
            } else if !member.isEmpty, !GroupName.isValid(member) {
                table.report(row.line, "memberGroup", GroupName.rule)
            } else if group.lowercased() == member.lowercased() {
                table.report(row.line, "memberGroup", "The group is a member of itself.")
            } else {
                add(member, to: group)
            }
        }
        problems = table.problems
    }

    private mutating func add(_ member: String, to group: String) {
        let members = member.isEmpty ? [] : [member]
        if let index = self.members.firstIndex(where: { $0.group.lowercased() == group.lowercased() }) {
            self.members[index].members += members
        } else {
            self.members.append((group, members))
        }
    }
}

/// What a group may be called.
enum GroupName {
    /// A sentence for whoever wrote a name that is none.
    static let rule = "A group's name has 1 to 128 characters, no control characters and no semicolon."

    static func isValid(_ name: String) -> Bool {
        let scalars = name.unicodeScalars
        return (1...128).contains(scalars.count) && !scalars.contains { isControl($0) || $0 == ";" }
    }
}
