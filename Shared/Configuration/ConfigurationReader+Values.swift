import StrictJSON

extension ConfigurationReader {
    /// A text; must be there where there is no default.
    ///
    /// - Parameters:
    ///   - name: of the setting.
    ///   - standard: the value where the file is silent.
    ///   - length: in Unicode scalars.
    public func string(
        _ name: String, default standard: String? = nil, length: ClosedRange<Int> = 1...1_024
    ) -> String {
        read(name, default: standard, placeholder: "") { self.text($0, length, at: [name]) }
    }

    /// A text, or `nil` where the file is silent.
    public func optionalString(_ name: String, length: ClosedRange<Int> = 1...1_024) -> String? {
        value(name).flatMap { text($0, length, at: [name]) }
    }

    /// A whole number; must be there where there is no default. The unit belongs in the name.
    public func integer(_ name: String, default standard: Int? = nil, in range: ClosedRange<Int>) -> Int {
        read(name, default: standard, placeholder: range.lowerBound) { self.integer($0, range, at: name) }
    }

    /// A whole number, or `nil` where the file is silent.
    public func optionalInteger(_ name: String, in range: ClosedRange<Int>) -> Int? {
        value(name).flatMap { integer($0, range, at: name) }
    }

    /// A span in whole seconds; must be there where there is no default.
    public func seconds(_ name: String, default standard: Int? = nil, in range: ClosedRange<Int>) -> Duration {
        .seconds(integer(name, default: standard, in: range))
    }

    /// `true` or `false`; must be there where there is no default.
    public func bool(_ name: String, default standard: Bool? = nil) -> Bool {
        read(name, default: standard, placeholder: false) { value in
            if case .bool(let flag) = value { return flag }
            self.report("must be true or false", at: name)
            return nil
        }
    }

    /// A list of texts; must be there where there is no default.
    ///
    /// - Parameters:
    ///   - name: of the setting.
    ///   - standard: the value where the file is silent.
    ///   - count: how many.
    ///   - length: of each, in Unicode scalars.
    public func strings(
        _ name: String, default standard: [String]? = nil, count: ClosedRange<Int> = 0...1_000,
        length: ClosedRange<Int> = 1...1_024
    ) -> [String] {
        read(name, default: standard, placeholder: []) { value in
            self.elements(value, count, of: "strings", at: name)?.enumerated().compactMap { index, element in
                self.text(element, length, at: [name, String(index)])
            }
        }
    }

    /// A text that a type accepts, for example an id; must be there.
    ///
    /// - Parameters:
    ///   - name: of the setting.
    ///   - kind: what the problem calls it: `is not a valid store id`.
    ///   - convert: answers `nil` for a text that cannot be one.
    /// - Returns: `nil` when there is a problem.
    public func parsed<Value>(_ name: String, as kind: String, _ convert: (String) -> Value?) -> Value? {
        read(name, default: nil, placeholder: nil) { self.parsed($0, kind, convert, at: name) }
    }

    /// A text that a type accepts, or `nil` where the file is silent.
    public func optionalParsed<Value>(_ name: String, as kind: String, _ convert: (String) -> Value?) -> Value? {
        value(name).flatMap { parsed($0, kind, convert, at: name) }
    }

    /// The setting, or its default, or a problem and a placeholder.
    func read<Value>(
        _ name: String, default standard: Value?, placeholder: Value, _ convert: (JSON) -> Value?
    ) -> Value {
        guard let value = value(name) else {
            if standard == nil { report("is missing", at: name) }
            return standard ?? placeholder
        }
        return convert(value) ?? standard ?? placeholder
    }

    /// A text, checked.
    func text(_ value: JSON, _ length: ClosedRange<Int>, at steps: [String]) -> String? {
        guard case .string(let text) = value else {
            report("must be a string", at: steps)
            return nil
        }
        guard length.contains(text.unicodeScalars.count) else {
            report("must have \(words(length)) characters", at: steps)
            return nil
        }
        guard !text.utf8.contains(0) else {
            report("must not contain the character U+0000", at: steps)
            return nil
        }
        return text
    }

    /// The elements of a list that has the right number of them.
    func elements(_ value: JSON, _ count: ClosedRange<Int>, of kind: String, at name: String) -> [JSON]? {
        guard case .array(let elements) = value else {
            report("must be a list of \(kind)", at: name)
            return nil
        }
        guard count.contains(elements.count) else {
            report("must have \(words(count)) elements", at: name)
            return nil
        }
        return elements
    }

    private func integer(_ value: JSON, _ range: ClosedRange<Int>, at name: String) -> Int? {
        guard case .integer(let number) = value else {
            report("must be a whole number", at: name)
            return nil
        }
        guard let integer = Int(exactly: number), range.contains(integer) else {
            report("must be between \(range.lowerBound) and \(range.upperBound)", at: name)
            return nil
        }
        return integer
    }

    private func parsed<Value>(
        _ value: JSON, _ kind: String, _ convert: (String) -> Value?, at name: String
    ) -> Value? {
        guard let text = text(value, 1...1_024, at: [name]) else { return nil }
        guard let result = convert(text) else {
            report("is not a valid \(kind)", at: name)
            return nil
        }
        return result
    }
}

private func words(_ range: ClosedRange<Int>) -> String {
    range.upperBound == .max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
}
