import StrictJSON

extension ConfigurationReader {
    /// An object of settings.
    ///
    /// - Parameters:
    ///   - name: of the setting.
    ///   - required: where `false` and the file is silent, all settings inside take their defaults.
    public func object(_ name: String, required: Bool = true) -> ConfigurationReader {
        guard let value = value(name) else {
            if required { report("is missing", at: name) }
            return child(required ? nil : .object([]), at: [name])
        }
        return child(value, at: [name])
    }

    /// An object of settings, or `nil` where the file is silent.
    public func optionalObject(_ name: String) -> ConfigurationReader? {
        value(name).map { child($0, at: [name]) }
    }

    /// A list of objects; none where the file is silent, which is a problem unless none is enough.
    public func objects(_ name: String, count: ClosedRange<Int> = 0...1_000) -> [ConfigurationReader] {
        read(name, default: count.contains(0) ? [] : nil, placeholder: []) { value in
            self.elements(value, count, of: "objects", at: name)?.enumerated().map { index, element in
                self.child(element, at: [name, String(index)])
            }
        }
    }

    /// The members of an object whose names the operator chooses, in the order of the file; none where it is silent.
    public func objectMembers(_ name: String) -> [(String, ConfigurationReader)] {
        guard let outer = optionalObject(name) else { return [] }
        return outer.names.map { ($0, outer.object($0)) }
    }
}
