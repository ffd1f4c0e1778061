import Platform

/// The same bytes for the same seed. `SplitMix64` (Steele, Lea, Flood 2014); predictable, so for tests only.
public struct SeededRandom: RandomSource {
    private let state: Lock<UInt64>

    /// Starts the sequence of this seed.
    public init(seed: UInt64 = 1) {
        state = Lock(seed)
    }

    /// The next bytes of the sequence.
    public func bytes(_ count: Int) -> [UInt8] {
        state.withLock { state in (0..<count).map { _ in UInt8(truncatingIfNeeded: next(&state) >> 32) } }
    }

    private func next(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
