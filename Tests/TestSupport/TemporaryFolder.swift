import Glibc

/// A folder of a test's own under `/tmp`, gone with its last owner.
public final class TemporaryFolder: Sendable {
    /// Where it is; short enough for a Unix socket in it (unix(7): 107 bytes).
    public let path: String

    /// Makes a new, empty folder with mode 0700.
    public init() {
        var template = Array("/tmp/lk-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { preconditionFailure("mkdtemp: \(errno)") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { remove() }

    /// Removes it now; for owners that live until the process ends.
    public func remove() { removeTree(path) }

    /// The path of something in it.
    public func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file in it and answers its path.
    @discardableResult
    public func write(_ name: String, _ text: String, mode: mode_t = 0o600) -> String {
        let path = file(name)
        let descriptor = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, mode)
        precondition(descriptor >= 0, "open \(path): \(errno)")
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        precondition(Glibc.write(descriptor, bytes, bytes.count) == bytes.count, "write \(path): \(errno)")
        return path
    }
}

/// The bytes of a file; empty when there is none.
public func readFile(_ path: String) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    return readAll(descriptor)
}

/// Everything until the end.
func readAll(_ descriptor: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count > 0 { bytes += buffer.prefix(count) }
        if count == 0 || (count < 0 && errno != EINTR) { return bytes }
    }
}

/// Removes a folder with all that is in it; links are removed, not followed.
private func removeTree(_ path: String) {
    guard Glibc.remove(path) != 0, errno == ENOTEMPTY || errno == EEXIST, let folder = opendir(path) else { return }
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { removeTree(path + "/" + name) }
    }
    closedir(folder)
    Glibc.remove(path)
}
