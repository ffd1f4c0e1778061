/// A length of time that rows are counted by, in microseconds, and the parts of a time it goes into.
enum AuditSpan {
    static let day: Int64 = 86_400_000_000
    static let hour: Int64 = 3_600_000_000
    /// What stands for all of time, where rows are counted without regard to it.
    static let always: Int64 = 0

    /// A part of a time.
    enum Part: Equatable {
        /// Whole spans, by the beginning of the first and the end of the last.
        case spans(Int64, Range<Int64>)
        /// Less than a span, at an end.
        case rows(Range<Int64>)
    }

    /// The beginning of the span that a moment is in.
    static func start(of moment: Int64, _ span: Int64) -> Int64 {
        guard span != always else { return 0 }
        let rest = moment % span
        return moment - (rest < 0 ? rest + span : rest)
    }

    /// A time in whole days, whole hours and what is left of it.
    static func parts(from: Int64?, until: Int64?) -> [Part] {
        guard from != nil || until != nil else { return [.spans(always, 0..<1)] }
        // Far beyond every calendar, and not so far that a day more would overflow.
        let (lowest, highest) = (start(of: .min / 2, day), start(of: .max / 2, day))
        let first = max(from ?? lowest, lowest)
        return parts(first..<max(first, min(until ?? highest, highest)), [day, hour])
    }

    private static func parts(_ range: Range<Int64>, _ spans: ArraySlice<Int64>) -> [Part] {
        guard !range.isEmpty else { return [] }
        guard let span = spans.first else { return [.rows(range)] }
        let finer = spans.dropFirst()
        let (first, last) = (start(of: range.lowerBound + span - 1, span), start(of: range.upperBound, span))
        guard first < last else { return parts(range, finer) }
        return parts(range.lowerBound..<first, finer) + [.spans(span, first..<last)]
            + parts(last..<range.upperBound, finer)
    }
}
