/// The arguments of one call, checked against its command: unknown, repeated and missing ones are errors.
struct Arguments: Sendable {
    private var values: [String: String] = [:]
    private var switches: Set<String> = []
    private var positions: [String] = []

    init(_ arguments: some Sequence<String>, of command: Command) throws(CommandError) {
        var rest = Array(arguments)[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--") else {
                positions.append(argument)
                continue
            }
            let name = String(argument.dropFirst(2))
            guard let option = command.options.first(where: { $0.name == name }) else {
                throw .usage("unknown option \(argument)")
            }
            guard values[name] == nil, switches.insert(name).inserted else {
                throw .usage("\(argument) is given twice")
            }
            guard option.value != nil else { continue }
            guard let value = rest.popFirst() else { throw .usage("\(argument) needs a value") }
            values[name] = value
        }
        let needed = command.positions.filter { !$0.hasSuffix("?") }.count
        guard positions.count >= needed else { throw .usage("\(command.positions[positions.count]) is missing") }
        guard positions.count <= command.positions.count else {
            throw .usage("“\(positions[command.positions.count])” is one too many")
        }
    }

    subscript(option: String) -> String? { values[option] }

    func has(_ option: String) -> Bool { switches.contains(option) }

    func position(_ index: Int) -> String? { positions.indices.contains(index) ? positions[index] : nil }

    func port(_ option: String, default standard: Int) throws(CommandError) -> Int {
        guard let text = values[option] else { return standard }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(text), (1...65_535).contains(port)
        else { throw .usage("--\(option) has to be a port from 1 to 65535") }
        return port
    }

    /// The folder the command works in.
    var folder: String { values["folder"] ?? "." }

    /// A file of that folder.
    func file(_ name: String) -> String { folder + "/" + name }
}
