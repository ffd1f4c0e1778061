import Glibc
import StrictJSON

/// The file outside the database that holds the newest checkpoint.
struct CheckpointFile: Sendable {
    let path: String

    /// The checkpoint in it; `nil` when there is no file.
    func load() throws(CheckpointError) -> AuditCheckpoint? {
        guard let bytes = try read() else { return nil }
        do {
            return try AuditCheckpoint(json: try JSON.parse(bytes))
        } catch {
            throw .unreadable("\(path): \(error)")
        }
    }

    /// Puts the checkpoint in its place: written beside it, on disk, then renamed, so that there is always a whole one.
    func save(_ checkpoint: AuditCheckpoint) throws(CheckpointError) {
        let new = path + ".new"
        let file = open(new, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw .notWritten("\(new): \(errorText())") }
        let bytes = checkpoint.json.serialized() + [UInt8(ascii: "\n")]
        let isWritten = write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        let reason = errorText()
        close(file)
        guard isWritten else { throw .notWritten("\(new): \(reason)") }
        guard rename(new, path) == 0 else { throw .notWritten("\(path): \(errorText())") }
        syncFolder()
    }

    /// The new name is on disk only once its folder is (fsync(2)).
    private func syncFolder() {
        let cut = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = cut.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private func read() throws(CheckpointError) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw .unreadable("\(path): \(errorText())")
        }
        defer { close(file) }
        /// A checkpoint has some 400 bytes; a file that fills the buffer is none, and the parser says so.
        var buffer = [UInt8](repeating: 0, count: 8_192)
        let count = Glibc.read(file, &buffer, buffer.count)
        guard count >= 0 else { throw .unreadable("\(path): \(errorText())") }
        return Array(buffer.prefix(count))
    }
}

private func errorText() -> String {
    strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
}
