import Model

/// Where unpredictable bytes come from.
public protocol RandomSource: Sendable {
    /// This many bytes.
    func bytes(_ count: Int) -> [UInt8]
}

/// The operating system's generator (getrandom(2), AC-01).
public struct SystemRandom: RandomSource {
    /// The operating system's generator; there is nothing to choose.
    public init() {}

    /// This many bytes of getrandom(2).
    public func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            // Eight at a time: each is a system call.
            let word: UInt64 = generator.next()
            withUnsafeBytes(of: word) { bytes.append(contentsOf: $0.prefix(count - bytes.count)) }
        }
        return bytes
    }
}

extension RandomSource {
    /// A number below the bound, each equally likely: values past the last whole multiple of the bound are drawn again.
    public func number(below bound: Int) -> Int {
        let limit = UInt64.max - UInt64.max % UInt64(bound)
        while true {
            let value = bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            if value < limit { return Int(value % UInt64(bound)) }
        }
    }

    /// A new id of 128 random bits.
    public func identifier<Kind>(_: Kind.Type = Kind.self) -> Identifier<Kind> {
        Identifier(randomBytes: bytes(16))
    }
}
