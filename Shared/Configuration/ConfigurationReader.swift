import StrictJSON

/// Reads the settings of one object of a configuration file and collects everything that is wrong with them.
///
/// No read throws: on a problem it answers a placeholder, so that an initializer can read all its settings one after
/// the other, ask `finish()` for names nobody knows, and refuse to start unless `problems` is empty. An operator sees
/// every mistake at once.
public final class ConfigurationReader {
    /// The file, as it was named.
    public let file: String
    /// Where the object stands in the file (RFC 6901).
    public let pointer: String
    private let members: [JSONMember]
    private let position: [Int]
    private let list: ProblemList
    /// Stands for an object that is not there or not readable; its problem is reported already.
    private let isPlaceholder: Bool
    private var askedNames: [String] = []
    private var children: [ConfigurationReader] = []

    /// Reads a file's text, which is JSON5. A text that cannot be read is a problem like any other.
    public convenience init(file: String, bytes: [UInt8]) {
        do {
            let value = try JSON.parse(bytes, syntax: .json5)
            self.init(value, file: file)
        } catch {
            self.init(file: file, failure: error.reason, pointer: error.pointer)
        }
    }

    /// Reads a file. One that cannot be opened or is larger than 1 MiB is a problem like any other.
    public convenience init(contentsOf file: String) {
        do {
            self.init(file: file, bytes: try ConfigurationFile.read(file, maximum: 1_048_576))
        } catch {
            self.init(file: file, failure: error.description, pointer: "")
        }
    }

    /// Reads a value that was parsed before: the body of a request, a stored row.
    ///
    /// - Parameter file: what its problems call it.
    public convenience init(_ value: JSON, file: String) {
        let list = ProblemList()
        self.init(value, place: Place(file: file, pointer: "", position: [], list: list))
    }

    private convenience init(file: String, failure: String, pointer: String) {
        let place = Place(file: file, pointer: "", position: [], list: ProblemList())
        self.init(nil, place: place)
        list.add(ConfigurationProblem(file: file, pointer: pointer, message: failure), position: [])
    }

    /// Where an object stands, and where its problems go.
    struct Place {
        let file: String
        let pointer: String
        let position: [Int]
        let list: ProblemList
    }

    /// A reader of a value that must be an object; with no value, one that reports nothing.
    init(_ value: JSON?, place: Place) {
        file = place.file
        pointer = place.pointer
        position = place.position
        list = place.list
        if case .object(let members) = value {
            self.members = members
            isPlaceholder = false
            return
        }
        members = []
        isPlaceholder = true
        guard value != nil else { return }
        list.add(
            ConfigurationProblem(file: file, pointer: pointer, message: "must be an object"), position: position)
    }

    /// The problems of the whole file found so far, in the order of the file.
    public var problems: [ConfigurationProblem] { list.problems }

    /// The names of the members, as they stand.
    public var names: [String] { members.map(\.name) }

    /// The setting as it stands; `nil` where there is none.
    public func value(_ name: String) -> JSON? {
        askedNames.append(name)
        return index(of: name).map { members[$0].value }
    }

    /// Adds a problem with a setting, or with the object as a whole.
    public func report(_ message: String, at name: String? = nil) {
        report(message, at: name.map { [$0] } ?? [])
    }

    /// Adds a problem with another file that this one names, at a line counted from 1.
    public func report(_ message: String, in file: String, line: Int? = nil) {
        let place = line.map { "\(file):\($0)" } ?? file
        list.add(ConfigurationProblem(file: place, pointer: "", message: message), position: position)
    }

    /// Reports every setting nobody asked for, here and in the objects handed out.
    public func finish() {
        for name in names where !askedNames.contains(where: { isSameName($0, name) }) {
            report("is not a known setting" + suggestion(for: name, among: askedNames), at: name)
        }
        for child in children { child.finish() }
    }

    /// Adds a problem with something inside a setting.
    func report(_ message: String, at steps: [String]) {
        guard !isPlaceholder else { return }
        let place = self.place(steps)
        let problem = ConfigurationProblem(file: file, pointer: place.pointer, message: message)
        list.add(problem, position: place.position)
    }

    /// The place of something inside this object. What is not there comes after what is.
    func place(_ steps: [String]) -> Place {
        var position = position
        if let first = steps.first { position.append(index(of: first) ?? .max) }
        for step in steps.dropFirst() { position.append(Int(step) ?? 0) }
        let pointer = pointer + steps.map { JSONPointer.token($0) }.joined()
        return Place(file: file, pointer: pointer, position: position, list: list)
    }

    /// A reader for an object inside this one, whose unknown settings `finish()` reports too.
    func child(_ value: JSON?, at steps: [String]) -> ConfigurationReader {
        let child = ConfigurationReader(value, place: place(steps))
        children.append(child)
        return child
    }

    private func index(of name: String) -> Int? {
        members.firstIndex { isSameName($0.name, name) }
    }
}

/// Names are compared byte by byte; `==` would take `é` in one scalar and in two for the same.
private func isSameName(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8)
}
