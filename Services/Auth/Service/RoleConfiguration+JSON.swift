import Configuration
import Model
import StrictJSON

extension RoleConfiguration {
    /// The role with every setting said, in the form it is read in: as it is stored, shown, exported and compared.
    public var json: JSON {
        let (group, place): (String?, String?) =
            switch criteria {
            case .everyone: (nil, nil)
            case .group(let name): (name, nil)
            case .container(let name): (nil, name)
            }
        return .object([
            "name": .string(id.text), "store": .string(store.text), "priority": .integer(Int64(priority)),
            "group": group.map(JSON.string), "container": place.map(JSON.string),
            "scope": sorted(scope.map(\.text)), "permissions": sorted(permissions.map(\.rawValue)),
            "authentication": authentication.configuration, "helpdesk": helpdesk.configuration(container: container),
        ])
    }

    /// A role out of a body or a row.
    ///
    /// - Returns: every problem, with its path; the role where there is none.
    static func read(
        _ value: JSON, stores: [StoreID], file: String = ""
    ) -> (role: RoleConfiguration?, problems: [ConfigurationProblem]) {
        let reader = ConfigurationReader(value, file: file)
        let role = RoleConfiguration(reader, stores: stores)
        role?.checkLast(reader)
        reader.finish()
        return (reader.problems.isEmpty ? role : nil, reader.problems)
    }

    /// The last in line of a store has to be for everybody: accounts without a role could do nothing at all.
    func checkLast(_ reader: ConfigurationReader) {
        guard priority == 99, !isForEveryone else { return }
        reader.report("is the last one's: it has to be a role for everyone", at: "priority")
    }
}

extension AuthenticationPolicy {
    fileprivate var configuration: JSON {
        .object([
            "enabled": sorted(enabled.map(\.rawValue)), "enforced": sorted(enforced.map(\.rawValue)),
            "chosenByUser": .integer(Int64(chosenByUser)), "questionsToEnroll": .integer(Int64(questionsToEnroll)),
            "minimumAnswerLength": .integer(Int64(minimumAnswerLength)), "questionsAlone": .bool(questionsAlone),
        ])
    }
}

extension HelpdeskPolicy {
    fileprivate func configuration(container: String?) -> JSON {
        let (name, count): (String, Int?) =
            switch requirement {
            case .usersPolicy: ("usersPolicy", nil)
            case .anyPossession: ("anyPossession", nil)
            case .atLeast(let number): ("atLeast", number)
            }
        return .object([
            "mode": .string(mode.rawValue), "requirement": .string(name),
            "atLeast": count.map { .integer(Int64($0)) },
            "minimumQuestions": minimumQuestions.map { .integer(Int64($0)) },
            "container": container.map(JSON.string), "methods": sorted(methods.map(\.rawValue)),
            "channels": sorted(channels.map(\.rawValue)), "mustChangeAtNextLogon": .bool(mustChangeAtNextLogon),
            "operatorMaySeePassword": .bool(operatorMaySeePassword),
            "directoryAddressesForEnrolled": .bool(directoryAddressesForEnrolled),
            "skipNeedsReason": .bool(skipNeedsReason),
        ])
    }
}

/// Sets have no order of their own; texts that are compared need one.
private func sorted(_ names: [String]) -> JSON {
    .array(names.sorted().map(JSON.string))
}
