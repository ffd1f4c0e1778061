/// One command of the tool: its words, what it takes, what it does.
struct Command: Sendable {
    /// An option with or without a value.
    struct Option: Sendable {
        let name: String
        /// What stands for the value in the usage; `nil`: a switch.
        let value: String?
        let help: String

        var line: String {
            let left = "--" + name + (value.map { " " + $0 } ?? "")
            return left + String(repeating: " ", count: max(26 - left.count, 1)) + help
        }
    }

    let words: [String]
    /// Names of what stands after the words without an option; the last may end in `?` when it can be left out.
    let positions: [String]
    let options: [Option]
    let summary: String
    let help: String
    let run: @Sendable (Arguments) async throws(CommandError) -> Void

    var usage: String {
        let places = positions.map { $0.hasSuffix("?") ? "[\($0.dropLast())]" : $0 }
        let switches = options.map { "[--\($0.name)\($0.value.map { " " + $0 } ?? "")]" }
        return (words + places + switches).joined(separator: " ")
    }

    /// Every command, in the order of the help.
    static let all: [Command] = [
        .initialize, .configCheck, .configExport, .configApply, .storeList, .storeImport, .storeSync, .linkImport,
        .enrollmentImport, .keysList,
        .keysRotate, .keysReseal, .auditVerify, .messageList, .messagePreview, .migrate, .doctor,
    ]
}

extension Command.Option {
    /// Where `latchkey init` put everything.
    static let folder = Command.Option(
        name: "folder", value: "DIR", help: "the folder made by latchkey init (default: this one)")
    /// Answers for machines.
    static let json = Command.Option(name: "json", value: nil, help: "answer in JSON")
    /// Which of the two services.
    static let service = Command.Option(name: "service", value: "auth|helpdesk", help: "which service (default: both)")
}
