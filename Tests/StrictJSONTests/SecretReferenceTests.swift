import Configuration
import Glibc
import Model
import TestSupport
import Testing

/// Writes a file with exactly this mode, whatever the umask.
private func write(_ text: String, in folder: TemporaryFolder, _ name: String = "s", mode: mode_t = 0o600) throws
    -> String
{
    let file = folder.write(name, text)
    try #require(chmod(file, mode) == 0)
    return file
}

@Suite struct SecretReferenceTests {
    @Test(arguments: [
        ("key", "key"), ("key\n", "key"), ("key\r\n", "key"), ("key\n\n", "key\n"), ("key\r", "key\r"),
        (" key ", " key "),
    ])
    func `a private file gives its bytes without the last line feed`(content: String, secret: String) throws {
        let folder = TemporaryFolder()
        let file = try write(content, in: folder)
        #expect(try SecretReference.file(file).load().copyText() == secret)
    }

    @Test(arguments: [0o400, 0o600, 0o700] as [mode_t])
    func `a file only its owner may touch is read`(mode: mode_t) throws {
        let folder = TemporaryFolder()
        let file = try write("key", in: folder, mode: mode)
        #expect(try SecretReference.file(file).load().copyText() == "key")
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o666, 0o777] as [mode_t])
    func `a file others may touch is refused`(mode: mode_t) throws {
        let folder = TemporaryFolder()
        let file = try write("hunter2", in: folder, mode: mode)
        let error = #expect(throws: SecretError.exposed(path: file, mode: mode)) {
            try SecretReference.file(file).load()
        }
        #expect(error?.description.contains("0" + String(mode, radix: 8)) == true)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test(arguments: ["", "\n", "\r\n"])
    func `an empty file is refused`(content: String) throws {
        let folder = TemporaryFolder()
        let file = try write(content, in: folder)
        #expect(throws: SecretError.empty("the file " + file)) { try SecretReference.file(file).load() }
    }

    @Test func `a missing file, a folder, a FIFO and a large file are refused without waiting`() throws {
        let folder = TemporaryFolder()
        try #require(mkfifo(folder.path + "/fifo", 0o600) == 0)
        let large = folder.write("large", String(repeating: "A", count: 65_537))
        for path in [folder.path + "/none", folder.path, folder.path + "/fifo", large] {
            let error = #expect(throws: SecretError.self) { try SecretReference.file(path).load() }
            #expect(error?.description.contains(path) == true)
        }
        let fits = folder.write("fits", String(repeating: "A", count: 65_536))
        #expect(try SecretReference.file(fits).load().count == 65_536)
    }

    @Test func `an environment variable is read and a missing one is named`() throws {
        #expect(try SecretReference.environment("PATH").load().copyText() == getenv("PATH").map { String(cString: $0) })
        #expect(throws: SecretError.notSet(variable: "LATCHKEY_NO_SUCH_VARIABLE")) {
            try SecretReference.environment("LATCHKEY_NO_SUCH_VARIABLE").load()
        }
    }

    @Test func `a reference in a file is resolved beside it and loaded`() throws {
        let folder = TemporaryFolder()
        folder.write("key", "s3cret\n")
        let file = folder.write("a.json5", "{password: {file: 'key'}, token: {env: 'PATH'}}", mode: 0o644)
        let reader = ConfigurationReader(contentsOf: file)
        let password = try #require(reader.secret("password"))
        #expect(reader.secret("token") == .environment("PATH"))
        reader.finish()
        #expect(reader.problems == [])
        #expect(try password.load().copyText() == "s3cret")
    }

    @Test func `a configuration file that cannot be read is a problem`() throws {
        let folder = TemporaryFolder()
        for path in [folder.path + "/none.json5", folder.path] {
            let reader = ConfigurationReader(contentsOf: path)
            _ = reader.string("x")
            reader.finish()
            #expect(reader.problems.count == 1)
            #expect(reader.problems.first?.message.contains(path) == true)
        }
    }
}
