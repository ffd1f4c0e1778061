/// Why a command did not do its work.
struct CommandError: Error, Sendable {
    /// What to tell the person, a line each.
    let lines: [String]
    /// Whether the call itself was wrong.
    let isUsage: Bool

    /// The call was wrong.
    static func usage(_ line: String) -> CommandError {
        CommandError(lines: [line], isUsage: true)
    }

    /// The work was refused or failed.
    static func failed(_ lines: String...) -> CommandError {
        CommandError(lines: lines, isUsage: false)
    }

    /// The work was refused or failed, for several reasons.
    static func failed(_ lines: [String]) -> CommandError {
        CommandError(lines: lines, isUsage: false)
    }
}

/// Runs what throws anything, and turns that into words.
func attempt<Result>(
    _ what: String, _ body: () async throws -> Result
) async throws(CommandError) -> Result {
    do {
        return try await body()
    } catch let error as CommandError {
        throw error
    } catch {
        throw .failed("\(what): \(error)")
    }
}
