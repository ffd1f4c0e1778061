import Platform

/// How long to wait before the next try (CR-05): doubling from 1 s to 15 min, the upper half of each step at random so
/// that messages which failed together do not come back together.
struct BackOff: Sendable {
    static let longest = Duration.seconds(900)

    /// - Parameters:
    ///   - attempts: tries so far, 1 or more.
    ///   - asked: the least the server asked for; no more than the longest step is granted.
    static func delay(after attempts: Int, asked: Duration?, random: any RandomSource) -> Duration {
        let step = min(900, 1 << min(max(attempts - 1, 0), 10))
        let milliseconds = step * 1_000
        let drawn = milliseconds - random.number(below: milliseconds / 2 + 1)
        return max(.milliseconds(max(1_000, drawn)), min(asked ?? .zero, longest))
    }
}
