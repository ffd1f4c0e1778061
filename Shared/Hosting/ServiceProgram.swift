import Configuration
import Platform

/// The command line of a service: `NAME --configuration FILE`.
public enum ServiceProgram {
    /// Reads the configuration and runs the service.
    ///
    /// - Parameters:
    ///   - name: of the program.
    ///   - arguments: without the program's own name.
    ///   - load: reads the configuration file.
    ///   - run: serves until the signals say to end, and answers the exit code.
    /// - Returns: the exit code: what `run` says, 1 when something failed, 2 when the call or the configuration is
    ///   wrong, with every problem on standard error.
    public static func main<Configuration>(
        _ name: String, _ arguments: [String], load: (String) throws(ConfigurationFailure) -> Configuration,
        run: (Configuration, TerminationSignal) async throws -> Int32
    ) async -> Int32 {
        let termination = TerminationSignal()
        guard arguments.count == 2, arguments[0] == "--configuration" else {
            StandardError.write(["usage: \(name) --configuration FILE"])
            return 2
        }
        do {
            return try await run(try load(arguments[1]), termination)
        } catch let failure as ConfigurationFailure {
            StandardError.write(failure.problems.map(\.description))
            return 2
        } catch {
            StandardError.write(["\(name): \(error)"])
            return 1
        }
    }
}
