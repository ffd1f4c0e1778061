import Configuration
import StrictJSON
import Web

/// The problems of what is said about roles.
enum RoleProblems {
    /// The problem of an error about roles.
    static func problem(of error: AuthError) -> Problem {
        switch error {
        case .roleInvalid(let problems): invalid(problems)
        case .roleChanged:
            Problem(
                status: 412, code: "auth.role_changed", title: "The role has changed meanwhile",
                detail: "Read it again; its tag is in ETag.")
        case .roleRefused(let obstacle):
            Problem(
                status: 409, code: obstacle.code, title: "The roles would not hold together",
                detail: obstacle.sentence)
        default: Problem(status: 404, code: "auth.role_not_found", title: "No such role")
        }
    }

    private static func invalid(_ problems: [ConfigurationProblem]) -> Problem {
        let list = problems.map { problem in
            JSON.object(["pointer": .string(problem.pointer), "message": .string(problem.message)])
        }
        return Problem(
            status: 422, code: "auth.role_invalid", title: "That is no role",
            detail: "Every setting that is wrong is named in errors."
        ).at(problems.first?.pointer ?? "").member("errors", .array(list))
    }
}

extension RoleObstacle {
    fileprivate var code: String {
        switch self {
        case .builtIn: "auth.role_built_in"
        case .lastInLine: "auth.role_last_in_line"
        case .nobodyManages: "auth.role_nobody_manages"
        case .ownLockout: "auth.role_own_lockout"
        }
    }
}
