import Glibc
import Model

/// The files behind a keyring.
struct KeyFolder: Sendable {
    let path: String

    private static let suffix = ".key"

    /// `k` and at least four digits, so that ids sort by age (the counter never gets near its end).
    static func isKeyID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count == 5 && bytes[0] == UInt8(ascii: "k")
            && bytes.dropFirst().allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Makes the folder with mode 0700 where there is none.
    func make() throws(KeyringError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure(path) }
    }

    /// Every key, by id.
    func load() throws(KeyringError) -> [String: Secret] {
        var keys: [String: Secret] = [:]
        for id in try names() { keys[id] = try read(id) }
        guard !keys.isEmpty else { throw .empty(path: path) }
        return keys
    }

    /// The ids of the key files, oldest first. Refuses a folder that others can use.
    func names() throws(KeyringError) -> [String] {
        guard let folder = opendir(path) else { throw failure(path) }
        defer { closedir(folder) }
        var status = stat()
        guard fstat(dirfd(folder), &status) == 0 else { throw failure(path) }
        guard status.st_mode & 0o077 == 0 else { throw .openToOthers(path: path) }
        var ids: [String] = []
        while let entry = readdir(folder) {
            let name = nameOf(entry)
            guard name.hasSuffix(Self.suffix), !name.hasPrefix(".") else { continue }
            let id = String(name.dropLast(Self.suffix.count))
            guard Self.isKeyID(id) else { throw .malformed(path: "\(path)/\(name)") }
            ids.append(id)
        }
        return ids.sorted()
    }

    /// Writes a new key beside the others and answers its id.
    ///
    /// The file is whole and on disk before it gets its name, and `link` fails where the name is taken, so two
    /// processes that add a key at once get two names.
    func add(_ key: Secret) throws(KeyringError) -> String {
        let temporary = try write(key)
        defer { unlink(temporary) }
        while true {
            let last = try names().last.flatMap { Int($0.dropFirst()) } ?? 0
            let number = String(last + 1)
            guard number.utf8.count <= 4 else { throw .unavailable(path: path, reason: "no key number left") }
            let id = "k" + String(repeating: "0", count: 4 - number.utf8.count) + number
            if link(temporary, file(id)) == 0 {
                try synchronize()
                return id
            }
            guard errno == EEXIST else { throw failure(file(id)) }
        }
    }

    private func file(_ id: String) -> String { "\(path)/\(id)\(Self.suffix)" }

    private func read(_ id: String) throws(KeyringError) -> Secret {
        let descriptor = open(file(id), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(file(id)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(file(id)) }
        guard status.st_mode & 0o077 == 0 else { throw .openToOthers(path: file(id)) }
        var bytes = [UInt8](repeating: 0, count: AES256GCM.keyBytes + 1)
        defer { wipe(&bytes) }
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw failure(file(id)) }
        guard count == AES256GCM.keyBytes else { throw .malformed(path: file(id)) }
        return Secret(bytes[..<count])
    }

    /// Writes the key to a file of its own (mode 0600 by mkstemp(3)) and waits until it is on disk.
    private func write(_ key: Secret) throws(KeyringError) -> String {
        var template = Array("\(path)/.new-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        let name = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let written = key.withBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard written == key.count, fsync(descriptor) == 0 else {
            let error = failure(name)
            unlink(name)
            throw error
        }
        return name
    }

    /// Waits until the folder's own entries are on disk.
    private func synchronize() throws(KeyringError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(path) }
    }

    private func nameOf(_ entry: UnsafeMutablePointer<dirent>) -> String {
        withUnsafePointer(to: &entry.pointee.d_name) { name in
            name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
    }

    private func failure(_ path: String) -> KeyringError {
        let code = errno
        return .unavailable(path: path, reason: String(cString: strerror(code)))
    }
}
