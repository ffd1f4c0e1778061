import Model

/// An Argon2 hash as text (PHC string format): `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`.
struct PHCString: Sendable {
    let parameters: Argon2.Parameters
    let salt: [UInt8]
    let hash: [UInt8]

    /// What a string may ask for: an imported one must not be able to exhaust the machine.
    private static let memoryKiB: ClosedRange<UInt32> = 8...1_048_576
    private static let passes: ClosedRange<UInt32> = 1...64
    private static let lanes: ClosedRange<UInt32> = 1...16

    init(parameters: Argon2.Parameters, salt: [UInt8], hash: [UInt8]) {
        self.parameters = parameters
        self.salt = salt
        self.hash = hash
    }

    /// Reads a string; `nil` when it is not one, or asks for more work than we are willing to do.
    init?(_ text: String) {
        guard text.utf8.count <= 512 else { return nil }
        var parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.first == "", parts.count == 5 || parts.count == 6 else { return nil }
        // Strings without a version are from before version 0x13 (argon2 of 2015).
        if parts.count == 5 { parts.insert("v=16", at: 2) }
        let costs = parts[3].split(separator: ",", omittingEmptySubsequences: false)
        guard let variant = Argon2.Variant(rawValue: String(parts[1])),
            let version = number(parts[2], after: "v="), version == 0x10 || version == 0x13, costs.count == 3,
            let memoryKiB = number(costs[0], after: "m="), Self.memoryKiB.contains(memoryKiB),
            let passes = number(costs[1], after: "t="), Self.passes.contains(passes),
            let lanes = number(costs[2], after: "p="), Self.lanes.contains(lanes), memoryKiB >= 8 * lanes,
            let salt = Base64.decode(parts[4]), (8...64).contains(salt.count),
            let hash = Base64.decode(parts[5]), (16...64).contains(hash.count)
        else { return nil }
        let parameters = Argon2.Parameters(
            variant: variant, version: version, memoryKiB: memoryKiB, passes: passes, lanes: lanes)
        self.init(parameters: parameters, salt: salt, hash: hash)
    }

    var text: String {
        "$\(parameters.variant.rawValue)$v=\(parameters.version)"
            + "$m=\(parameters.memoryKiB),t=\(parameters.passes),p=\(parameters.lanes)"
            + "$\(Base64.encode(salt))$\(Base64.encode(hash))"
    }

    /// Whether the hash is one of this password. Blocks for milliseconds.
    func matches(_ password: Secret) throws(CryptoError) -> Bool {
        let computed = try Argon2.hash(password, salt: salt, parameters: parameters, count: hash.count)
        return constantTimeEquals(computed, hash)
    }
}

/// A decimal number behind its name, digits only.
private func number(_ text: Substring, after name: String) -> UInt32? {
    guard text.hasPrefix(name) else { return nil }
    let digits = text.dropFirst(name.count).utf8
    guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
        return nil
    }
    return UInt32(Substring(digits))
}
