/// The command line tool `latchkey`.
public enum ControlTool {
    /// Runs one command.
    ///
    /// - Returns: the exit code: 0 done, 1 refused or failed, 2 the call was wrong.
    public static func main(_ arguments: [String]) async -> Int32 {
        let words = arguments.prefix { !$0.hasPrefix("-") }
        if arguments.isEmpty || words.first == "help" || arguments.contains("--help") {
            return help(Array(words.first == "help" ? words.dropFirst() : words))
        }
        guard let command = Command.all.first(where: { words.starts(with: $0.words) }) else {
            Console.complain("There is no command “\(words.joined(separator: " "))”. See: latchkey help")
            return 2
        }
        do throws(CommandError) {
            let parsed = try Arguments(arguments.dropFirst(command.words.count), of: command)
            try await command.run(parsed)
            return 0
        } catch {
            Console.complain(error.lines)
            if error.isUsage { Console.complain("usage: latchkey " + command.usage) }
            return error.isUsage ? 2 : 1
        }
    }

    private static func help(_ words: [String]) -> Int32 {
        let found = Command.all.filter { $0.words.starts(with: words) }
        guard !found.isEmpty else {
            Console.complain("There is no command “\(words.joined(separator: " "))”. See: latchkey help")
            return 2
        }
        if found.count == 1, let command = found.first {
            Console.say("usage: latchkey \(command.usage)\n\n\(command.help)")
            for option in command.options { Console.say("  " + option.line) }
            return 0
        }
        Console.say("usage: latchkey COMMAND [OPTIONS]\n")
        for command in found { Console.say("  " + padded(command.words.joined(separator: " "), 18) + command.summary) }
        Console.say("\nlatchkey help COMMAND says more. Exit codes: 0 done, 1 refused or failed, 2 wrong call.")
        return 0
    }
}

private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 1))
}
