import Glibc

/// A file without a name: what is in it is gone with the process, whatever ends it, and nobody else can open it.
final class TemporaryFile {
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    /// Made in `TMPDIR`, or in `/tmp`.
    init() throws(ExportError) {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/latchkey-export-XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw .temporaryFile(errno: errno) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(template)
    }

    deinit { close(descriptor) }

    /// A path by which this process can open the file, for libraries that want one (proc(5)).
    var path: String { "/proc/self/fd/\(descriptor)" }

    /// The next piece, from the beginning on; `nil` at the end.
    func read() throws(ExportError) -> [UInt8]? {
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw .temporaryFile(errno: errno) }
        return count == 0 ? nil : Array(buffer.prefix(count))
    }
}
