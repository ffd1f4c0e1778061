import Glibc

/// Files and folders, written so that a crash leaves the old or the new, never half.
enum Files {
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func makeFolder(_ path: String, mode: mode_t = 0o700) throws(CommandError) {
        guard mkdir(path, mode) == 0 || errno == EEXIST else { throw problem("cannot be made", path) }
    }

    static func read(_ path: String) throws(CommandError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw problem("cannot be read", path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            guard count >= 0 else { throw problem("cannot be read", path) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    /// Makes a file that is not there yet.
    static func create(_ path: String, _ bytes: [UInt8], mode: mode_t = 0o600) throws(CommandError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw problem("cannot be made", path) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw problem("cannot be written", path) }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw problem("cannot be written", path) }
    }

    private static func problem(_ what: String, _ path: String) -> CommandError {
        .failed("\(path) \(what): \(String(cString: strerror(errno)))")
    }
}
