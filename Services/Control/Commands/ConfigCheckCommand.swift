import AuthService
import Directory
import HelpdeskService
import StrictJSON

extension Command {
    /// `latchkey config check`
    static let configCheck = Command(
        words: ["config", "check"], positions: [], options: [.folder],
        summary: "check the three configuration files",
        help: """
            Reads auth.json5, helpdesk.json5 and stores.json5 as the services would, lists every problem with its path,
            and names what is allowed but dangerous. Exit code 1 when there is a problem.
            """
    ) { arguments throws(CommandError) in
        let installation = Installation(folder: arguments.folder)
        var problems: [String] = []
        var warnings: [String] = []
        do throws(CommandError) {
            warnings = try installation.authConfiguration().warnings
        } catch {
            problems += error.lines
        }
        do throws(CommandError) {
            _ = try installation.helpdeskConfiguration()
        } catch {
            problems += error.lines
        }
        for warning in warnings { Console.say("warning: " + warning) }
        guard problems.isEmpty else { throw .failed(problems) }
        Console.say("The configuration is sound.")
    }
}
