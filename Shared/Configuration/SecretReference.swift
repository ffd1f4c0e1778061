import Glibc
import Model

/// Where a secret is to be found, so that configuration files hold none.
public enum SecretReference: Sendable, Equatable {
    /// A file with nothing but the secret; one line feed at its end is dropped.
    case file(String)
    /// An environment variable.
    case environment(String)

    /// Fetches the secret.
    ///
    /// - Throws: when it is missing, empty, larger than 64 KiB, or in a file that others than its owner may touch.
    public func load() throws(SecretError) -> Secret {
        switch self {
        case .file(let path): try loadFile(path)
        case .environment(let name): try loadVariable(name)
        }
    }

    private func loadFile(_ path: String) throws(SecretError) -> Secret {
        var bytes: [UInt8]
        do {
            bytes = try ConfigurationFile.read(path, maximum: 65_536, isPrivate: true)
        } catch {
            switch error {
            case .exposed(let path, let mode): throw .exposed(path: path, mode: mode)
            case .unreadable, .notAFile, .tooLarge: throw .unreadable(error.description)
            }
        }
        defer { wipe(&bytes) }
        var end = bytes.count
        if end > 0, bytes[end - 1] == UInt8(ascii: "\n") { end -= 1 }
        if end > 0, end < bytes.count, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        guard end > 0 else { throw .empty("the file " + path) }
        return Secret(bytes[..<end])
    }

    private func loadVariable(_ name: String) throws(SecretError) -> Secret {
        guard let value = getenv(name) else { throw .notSet(variable: name) }
        let bytes = UnsafeRawBufferPointer(start: value, count: strlen(value))
        guard !bytes.isEmpty else { throw .empty("the environment variable " + name) }
        return Secret(bytes)
    }
}

/// Why a secret could not be fetched; never with a part of it.
public enum SecretError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file cannot be read, and why.
    case unreadable(String)
    /// Others than the owner may touch the file.
    case exposed(path: String, mode: UInt32)
    /// The environment has no such variable.
    case notSet(variable: String)
    /// There is nothing in it.
    case empty(String)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .unreadable(let reason): reason
        case .exposed(let path, let mode):
            "the file \(path) has mode \(octal(mode)): others can read it (chmod 600)"
        case .notSet(let name): "the environment variable \(name) is not set"
        case .empty(let place): "\(place) is empty"
        }
    }
}

private func wipe(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { buffer in
        if let start = buffer.baseAddress { explicit_bzero(start, buffer.count) }
    }
}

private func octal(_ mode: UInt32) -> String {
    let digits = String(mode, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
}
