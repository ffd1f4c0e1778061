import StrictJSON

extension ConfigurationReader {
    /// One of a type's cases, by raw value; must be there where there is no default.
    public func choice<Value: RawRepresentable<String> & CaseIterable>(
        _ name: String, default standard: Value? = nil
    ) -> Value {
        guard let first = Value.allCases.first else { preconditionFailure("\(Value.self) has no cases") }
        return read(name, default: standard, placeholder: first) { self.choice($0, at: [name]) }
    }

    /// One of a type's cases, or `nil` where the file is silent.
    public func optionalChoice<Value: RawRepresentable<String> & CaseIterable>(
        _ name: String, of _: Value.Type = Value.self
    ) -> Value? {
        value(name).flatMap { choice($0, at: [name]) }
    }

    /// Some of a type's cases; must be there where there is no default. None twice.
    public func choices<Value: RawRepresentable<String> & CaseIterable & Hashable>(
        _ name: String, default standard: Set<Value>? = nil
    ) -> Set<Value> {
        read(name, default: standard, placeholder: []) { value in
            guard let elements = self.elements(value, 0...1_000, of: "names", at: name) else { return nil }
            var result: Set<Value> = []
            for (index, element) in elements.enumerated() {
                let steps = [name, String(index)]
                guard let choice: Value = self.choice(element, at: steps) else { continue }
                if !result.insert(choice).inserted { self.report("is named twice", at: steps) }
            }
            return result
        }
    }

    private func choice<Value: RawRepresentable<String> & CaseIterable>(
        _ value: JSON, at steps: [String]
    ) -> Value? {
        guard let text = text(value, 0...1_024, at: steps) else { return nil }
        let all = Value.allCases.map(\.rawValue)
        guard let index = all.firstIndex(where: { $0.utf8.elementsEqual(text.utf8) }) else {
            report("must be one of " + all.joined(separator: ", ") + suggestion(for: text, among: all), at: steps)
            return nil
        }
        return Value(rawValue: all[index])
    }
}
