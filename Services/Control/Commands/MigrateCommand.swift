extension Command {
    /// `latchkey migrate`
    static let migrate = Command(
        words: ["migrate"], positions: [], options: [.folder],
        summary: "bring both databases up to date",
        help: "Applies the migrations that are missing. The services do so at their start too."
    ) { arguments throws(CommandError) in
        let installation = Installation(folder: arguments.folder)
        let auth = try await installation.openAuthDatabase(try installation.authConfiguration())
        auth.close()
        let helpdesk = try await installation.openHelpdeskDatabase(try installation.helpdeskConfiguration())
        helpdesk.close()
        Console.say("Both databases are up to date.")
    }
}
