/// Where SMS may go and how many a day (RL-04): a thief of an operator's session must not run up a bill.
public struct SMSPolicy: Sendable, Equatable {
    /// Beginnings of allowed numbers, such as `+49`.
    public let allowedPrefixes: [String]
    /// SMS a day (UTC) over all replicas.
    public let dailyBudget: Int

    /// Limits SMS to numbers that begin so and to this many a day.
    public init(allowedPrefixes: [String], dailyBudget: Int = 1_000) {
        self.allowedPrefixes = allowedPrefixes
        self.dailyBudget = dailyBudget
    }

    /// Whether the text is an E.164 number in an allowed country.
    public func allows(_ number: String) -> Bool {
        E164.isNumber(number) && allowedPrefixes.contains { number.utf8.starts(with: $0.utf8) }
    }
}
