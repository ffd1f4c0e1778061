import Glibc

/// Why a file cannot be read.
enum FileError: Error {
    case unreadable(String, code: Int32)
    case notAFile(String)
    case tooLarge(String, maximum: Int)
    case exposed(String, mode: UInt32)

    var description: String {
        switch self {
        case .unreadable(let path, let code): "the file \(path) cannot be read: " + String(cString: strerror(code))
        case .notAFile(let path): "\(path) is not a file"
        case .tooLarge(let path, let maximum): "the file \(path) is larger than \(maximum) bytes"
        case .exposed(let path, let mode): "the file \(path) has mode \(String(mode, radix: 8))"
        }
    }
}

/// Reads small files whole.
enum ConfigurationFile {
    /// Everything in a file.
    ///
    /// The checks are made on the open file, not on its name, so that nobody can exchange it in between. Opening does
    /// not wait (`O_NONBLOCK`), as it would for a FIFO.
    ///
    /// - Parameters:
    ///   - path: of a regular file.
    ///   - maximum: bytes.
    ///   - isPrivate: refuses a file that group or others may touch.
    static func read(_ path: String, maximum: Int, isPrivate: Bool = false) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw .unreadable(path, code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path) }
        if isPrivate, status.st_mode & 0o077 != 0 { throw .exposed(path, mode: status.st_mode & 0o7777) }
        // One byte more than allowed tells a file that is too large; one allocation leaves no copies of a secret.
        var bytes = [UInt8](repeating: 0, count: maximum + 1)
        var count = 0
        while count < bytes.count {
            let length = bytes.withUnsafeMutableBytes { buffer in
                let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                return Glibc.read(descriptor, rest.baseAddress, rest.count)
            }
            if length < 0, errno == EINTR { continue }
            guard length >= 0 else { throw .unreadable(path, code: errno) }
            if length == 0 { break }
            count += length
        }
        guard count <= maximum else { throw .tooLarge(path, maximum: maximum) }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// The names in a folder, sorted; `nil` when it cannot be read (readdir(3)).
    static func names(in folder: String) -> [String]? {
        guard let stream = opendir(folder) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            names.append(name)
        }
        return names.filter { $0 != "." && $0 != ".." }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
