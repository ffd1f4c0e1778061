import Crypto
import Glibc
import Model
import TestSupport
import Testing

@Suite struct KeyringTests {
    private let temporary = TemporaryFolder()
    private var folder: String { temporary.file("keys") }

    init() throws {
        try Keyring.create(folder: temporary.file("keys"))
    }

    /// TP-03
    @Test(arguments: [0, 1, 20, 4_096])
    func `what was sealed opens again`(count: Int) throws {
        let keyring = try Keyring(folder: folder)
        let plaintext = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let sealed = try keyring.seal(plaintext, context: "totp:anna")
        #expect(try keyring.open(sealed, context: "totp:anna").copyBytes() == plaintext)
        #expect(keyring.keyID(of: sealed) == "k0001")
    }

    /// TP-03
    @Test func `sealing twice gives other bytes`() throws {
        let keyring = try Keyring(folder: folder)
        #expect(try keyring.seal([1, 2, 3], context: "a") != keyring.seal([1, 2, 3], context: "a"))
    }

    /// TP-03: a secret moved to another account does not open.
    @Test func `another context does not open`() throws {
        let keyring = try Keyring(folder: folder)
        let sealed = try keyring.seal([1, 2, 3], context: "totp:anna")
        #expect(throws: CryptoError.notAuthentic) { try keyring.open(sealed, context: "totp:ben") }
        #expect(throws: CryptoError.notAuthentic) { try keyring.open(sealed, context: "") }
    }

    /// TP-03
    @Test func `no changed bit opens`() throws {
        let keyring = try Keyring(folder: folder)
        let sealed = try keyring.seal(Array("secret".utf8), context: "c")
        for bit in 0..<sealed.count * 8 {
            var changed = sealed
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: CryptoError.self) { try keyring.open(changed, context: "c") }
        }
    }

    /// TP-03
    @Test func `no part of the sealed bytes opens`() throws {
        let keyring = try Keyring(folder: folder)
        let sealed = try keyring.seal(Array("secret".utf8), context: "c")
        for count in 0..<sealed.count {
            #expect(throws: CryptoError.self) { try keyring.open(Array(sealed[..<count]), context: "c") }
        }
        #expect(throws: CryptoError.notAuthentic) { try keyring.open(sealed + [0], context: "c") }
    }

    /// TP-03: the same id over another key.
    @Test func `another key does not open`() throws {
        let other = temporary.file("other")
        try Keyring.create(folder: other)
        let sealed = try Keyring(folder: folder).seal([1, 2, 3], context: "c")
        let keyring = try Keyring(folder: other)
        #expect(throws: CryptoError.notAuthentic) { try keyring.open(sealed, context: "c") }
    }

    /// TP-03: rotation and the re-wrap job.
    @Test func `an added key seals, the old one still opens, and sealing anew moves data over`() throws {
        let before = try Keyring(folder: folder)
        let sealed = try before.seal([7], context: "c")
        #expect(try Keyring.addKey(folder: folder) == "k0002")
        let after = try Keyring(folder: folder)
        #expect(after.currentKeyID == "k0002")
        #expect(after.keyIDs == ["k0001", "k0002"])
        let opened = try after.open(sealed, context: "c")
        #expect(opened.copyBytes() == [7])
        let anew = try after.seal(opened, context: "c")
        #expect(after.keyID(of: anew) == "k0002")
        #expect(before.currentKeyID == "k0001")
    }

    @Test func `a process that has not seen the new key yet opens what another sealed under it`() throws {
        let before = try Keyring(folder: folder)
        _ = try Keyring.addKey(folder: folder)
        let sealed = try Keyring(folder: folder).seal([7], context: "c")
        #expect(try before.open(sealed, context: "c").copyBytes() == [7])
        #expect(try before.open(sealed, context: "c").copyBytes() == [7])
        #expect(before.currentKeyID == "k0001")
    }

    @Test func `a key that is nowhere is named`() throws {
        let keyring = try Keyring(folder: folder)
        let other = try Keyring(keys: ["k0009": Secret([UInt8](repeating: 9, count: 32))])
        let sealed = try other.seal([1], context: "c")
        #expect(throws: CryptoError.unknownKey("k0009")) { try keyring.open(sealed, context: "c") }
    }

    /// AC-02: a stored code is compared by its MAC, so the MAC must outlive a rotation.
    @Test func `a MAC stays the same when a key is added`() throws {
        let before = try Keyring(folder: folder).mac([1, 2, 3], purpose: "access-code")
        _ = try Keyring.addKey(folder: folder)
        let after = try Keyring(folder: folder)
        #expect(after.mac([1, 2, 3], purpose: "access-code") == before)
        #expect(after.mac([1, 2, 3], purpose: "link") != before)
        #expect(after.mac([1, 2, 4], purpose: "access-code") != before)
    }

    /// AC-02
    @Test func `another folder makes other MACs`() throws {
        let other = temporary.file("other")
        try Keyring.create(folder: other)
        let mine = try Keyring(folder: folder).mac([1], purpose: "access-code")
        #expect(try Keyring(folder: other).mac([1], purpose: "access-code") != mine)
    }

    @Test func `the folder and its files are for their owner alone`() throws {
        _ = try Keyring.addKey(folder: folder)
        #expect(mode(folder) == 0o700)
        #expect(mode(folder + "/k0001.key") == 0o600)
        #expect(mode(folder + "/k0002.key") == 0o600)
        let listing = try runSuccessfully("ls", ["-A", folder]).text
        #expect(listing == "k0001.key\nk0002.key\n")
    }

    @Test(arguments: [mode_t(0o640), 0o604, 0o620, 0o601])
    func `a key file others can use is refused`(mode: mode_t) {
        chmod(folder + "/k0001.key", mode)
        #expect(throws: KeyringError.openToOthers(path: folder + "/k0001.key")) { try Keyring(folder: folder) }
    }

    @Test(arguments: [mode_t(0o750), 0o705, 0o710])
    func `a folder others can use is refused`(mode: mode_t) {
        chmod(folder, mode)
        #expect(throws: KeyringError.openToOthers(path: folder)) { try Keyring(folder: folder) }
        #expect(throws: KeyringError.openToOthers(path: folder)) { try Keyring.addKey(folder: folder) }
    }

    @Test func `a folder that is missing, empty or full of something else says so`() throws {
        let missing = temporary.file("missing")
        let reason = KeyringError.unavailable(path: missing, reason: "No such file or directory")
        #expect(throws: reason) { try Keyring(folder: missing) }
        mkdir(missing, 0o700)
        #expect(throws: KeyringError.empty(path: missing)) { try Keyring(folder: missing) }
        #expect(throws: KeyringError.empty(path: missing)) { try Keyring.addKey(folder: missing) }
        _ = temporary.write("missing/k0001.key", "too short")
        #expect(throws: KeyringError.malformed(path: missing + "/k0001.key")) { try Keyring(folder: missing) }
        _ = temporary.write("missing/k0001.key", String(repeating: "x", count: 33))
        #expect(throws: KeyringError.malformed(path: missing + "/k0001.key")) { try Keyring(folder: missing) }
        _ = temporary.write("missing/mine.key", String(repeating: "x", count: 32))
        #expect(throws: KeyringError.self) { try Keyring(folder: missing) }
    }

    @Test func `keys are never written over`() {
        #expect(throws: KeyringError.notEmpty(path: folder)) { try Keyring.create(folder: folder) }
    }

    @Test func `keys added at once get names of their own`() async throws {
        let folder = folder
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<16 { group.addTask { try Keyring.addKey(folder: folder) } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids.count == 16)
        #expect(try Keyring(folder: folder).currentKeyID == "k0017")
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        stat(path, &status)
        return status.st_mode & 0o777
    }
}
