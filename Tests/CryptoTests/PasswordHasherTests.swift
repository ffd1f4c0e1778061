import Model
import TestSupport
import Testing

@testable import Crypto

@Suite struct PasswordHasherTests {
    private let hasher = PasswordHasher(memoryKiB: 64, passes: 1)

    /// Reference vectors of phc-winner-argon2 (src/test.c), versions 0x10 and 0x13.
    @Test(arguments: [
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
        "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
        "$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY",
    ])
    func `published hashes of other parameters are verified`(phc: String) async throws {
        #expect(try await hasher.verify(Secret("password"), against: phc))
        #expect(try await !hasher.verify(Secret("passwore"), against: phc))
        #expect(hasher.needsRehash(phc))
    }

    @Test func `a hash verifies its own password alone`() async throws {
        let hash = try await hasher.hash(Secret("correct horse"))
        #expect(hash.hasPrefix("$argon2id$v=19$m=64,t=1,p=1$"))
        #expect(try await hasher.verify(Secret("correct horse"), against: hash))
        #expect(try await !hasher.verify(Secret("correct horsf"), against: hash))
        #expect(try await !hasher.verify(Secret(""), against: hash))
        #expect(!hasher.needsRehash(hash))
        #expect(PasswordHasher(memoryKiB: 128, passes: 1).needsRehash(hash))
    }

    @Test func `a password may hold any byte and be long`() async throws {
        let hash = try await hasher.hash(Secret([0x61, 0, 0x62]))
        #expect(try await hasher.verify(Secret([0x61, 0, 0x62]), against: hash))
        #expect(try await !hasher.verify(Secret([0x61, 0, 0x63]), against: hash))
        let long = Secret([UInt8](repeating: 0xFF, count: 5_000))
        #expect(try await hasher.verify(long, against: hasher.hash(long)))
    }

    /// SQ-01: a salt of its own.
    @Test func `the same password has another hash each time`() async throws {
        #expect(try await hasher.hash(Secret("same")) != hasher.hash(Secret("same")))
    }

    /// RL-03, SQ-04
    @Test func `an unknown account costs the same number of hashes as a known one`() async throws {
        let hash = try await hasher.hash(Secret("right"))
        let before = hasher.hashesComputed
        _ = try await hasher.verify(Secret("wrong"), against: hash)
        #expect(hasher.hashesComputed == before + 1)
        try await hasher.verifyDecoy(Secret("wrong"))
        #expect(hasher.hashesComputed == before + 2)
        #expect(try await !hasher.verify(Secret("wrong"), against: "{SSHA}something"))
        #expect(hasher.hashesComputed == before + 3)
    }

    @Test(arguments: [
        "", "$", "password", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv",
        "$argon2x$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=18$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=99999999,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=+64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=64,t=0,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=64,t=1,p=1$c2Fs$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFh",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ=$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc$",
    ])
    func `what is no hash of ours matches nothing`(phc: String) async throws {
        #expect(PHCString(phc) == nil)
        #expect(try await !hasher.verify(Secret("password"), against: phc))
        #expect(hasher.needsRehash(phc))
    }

    @Test func `when too many wait the next is told so, and later served`() async throws {
        let hasher = PasswordHasher(memoryKiB: 19_456, passes: 2, threads: 1, maximumWaiting: 2)
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<32 {
                group.addTask {
                    do throws(CryptoError) {
                        try await hasher.verifyDecoy(Secret("x"))
                        return true
                    } catch {
                        return error != .busy
                    }
                }
            }
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(outcomes.contains(true))
        #expect(outcomes.contains(false))
        #expect(hasher.hashesComputed == outcomes.count { $0 })
        try await hasher.verifyDecoy(Secret("x"))
    }
}
