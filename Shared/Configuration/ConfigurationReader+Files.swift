import Model
import StrictJSON

extension ConfigurationReader {
    /// A path of a file or folder; a relative one starts at the folder of the configuration file. Must be there where
    /// there is no default.
    public func path(_ name: String, default standard: String? = nil) -> String {
        resolved(string(name, default: standard, length: 1...4_096))
    }

    /// A path, or `nil` where the file is silent.
    public func optionalPath(_ name: String) -> String? {
        optionalString(name, length: 1...4_096).map(resolved)
    }

    /// The text files of a folder that a setting names, in the order of their names; none where the file is silent. What
    /// begins with a dot is left alone; a file that cannot be read, is larger than 64 KiB or is not UTF-8 is a problem.
    public func textFiles(inFolder name: String) -> [TextFile] {
        guard let folder = optionalPath(name) else { return [] }
        guard let names = ConfigurationFile.names(in: folder) else {
            report("the folder \(folder) cannot be read", at: name)
            return []
        }
        return names.filter { !$0.hasPrefix(".") }.compactMap { name in
            let path = folder + "/" + name
            do throws(FileError) {
                let bytes = try ConfigurationFile.read(path, maximum: 65_536)
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    report("is not UTF-8", in: path)
                    return nil
                }
                return TextFile(name: name, path: path, text: text)
            } catch {
                report(error.description, in: path)
                return nil
            }
        }
    }

    /// Where a secret is: `{"file": "path"}` or `{"env": "NAME"}`; must be there. Secrets themselves never stand in a
    /// configuration file.
    ///
    /// - Returns: `nil` when there is a problem.
    public func secret(_ name: String) -> SecretReference? {
        read(name, default: nil, placeholder: nil) { self.secret($0, at: name) }
    }

    /// Where a secret is, or `nil` where the file is silent.
    public func optionalSecret(_ name: String) -> SecretReference? {
        value(name).flatMap { secret($0, at: name) }
    }

    /// Security limits, each by its name in `SecurityLimits.all`; where the file is silent they are the defaults.
    public func limits(_ name: String) -> SecurityLimits {
        var limits = SecurityLimits()
        guard let reader = optionalObject(name) else { return limits }
        for limit in SecurityLimits.all {
            _ = limits.set(limit, to: reader.integer(limit.name, default: limit.standard, in: limit.range))
        }
        return limits
    }

    private func resolved(_ path: String) -> String {
        guard !path.isEmpty, path.utf8.first != UInt8(ascii: "/"),
            let slash = file.utf8.lastIndex(of: UInt8(ascii: "/"))
        else { return path }
        return String(file[...slash]) + path
    }

    private func secret(_ value: JSON, at name: String) -> SecretReference? {
        guard case .object(let members) = value, members.count == 1 else {
            report("must be {file: \"path\"} or {env: \"NAME\"}: secrets do not stand in configuration", at: name)
            return nil
        }
        let reader = child(value, at: [name])
        if let path = reader.optionalPath("file") { return .file(path) }
        guard let variable = reader.optionalString("env") else { return nil }
        guard isVariableName(variable) else {
            reader.report("is not a valid name of an environment variable", at: "env")
            return nil
        }
        return .environment(variable)
    }
}

/// A text that stands in a file of its own beside the configuration.
public struct TextFile: Sendable, Equatable {
    /// The file's name without its folder.
    public let name: String
    /// The file, to be opened or shown.
    public let path: String
    /// What is in it.
    public let text: String
}

/// IEEE Std 1003.1-2017 §8.1, with small letters too.
private func isVariableName(_ text: String) -> Bool {
    let isLetter = { (byte: UInt8) in
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
    }
    guard let first = text.utf8.first, isLetter(first) else { return false }
    return text.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) }
}
