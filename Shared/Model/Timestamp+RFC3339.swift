extension Timestamp {
    /// RFC 3339 in UTC with milliseconds, for example `2026-11-21T09:45:00.000Z`.
    public var rfc3339: String {
        let day = floorDivide(seconds, 86_400)
        let second = Int(seconds - day * 86_400)
        let (year, month, dayOfMonth) = civilDate(dayNumber: day)
        // Not by subtracting whole seconds: those of the earliest moments do not fit.
        let milliseconds = Int((microseconds % 1_000_000 + 1_000_000) % 1_000_000 / 1_000)
        var text: [UInt8] = []
        text.reserveCapacity(32)
        append(year, width: 4, "-", to: &text)
        append(month, width: 2, "-", to: &text)
        append(dayOfMonth, width: 2, "T", to: &text)
        append(second / 3_600, width: 2, ":", to: &text)
        append(second / 60 % 60, width: 2, ":", to: &text)
        append(second % 60, width: 2, ".", to: &text)
        append(milliseconds, width: 3, "Z", to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads an RFC 3339 time, strictly: `YYYY-MM-DDThh:mm:ss[.fraction](Z|±hh:mm)`. Days that do not exist and leap
    /// seconds are refused.
    public init?(rfc3339 text: String) {
        var scanner = DigitScanner(text)
        guard let year = scanner.digits(4), scanner.take("-"), let month = scanner.digits(2), scanner.take("-"),
            let day = scanner.digits(2), scanner.take("T"), let hour = scanner.digits(2), scanner.take(":"),
            let minute = scanner.digits(2), scanner.take(":"), let second = scanner.digits(2),
            let fraction = scanner.fractionInMicroseconds(), let offset = scanner.offsetInSeconds(), scanner.isAtEnd,
            hour < 24, minute < 60, second < 60, let dayNumber = dayNumber(year: year, month: month, day: day)
        else { return nil }
        let whole = dayNumber * 86_400 + Int64(hour * 3_600 + minute * 60 + second) - Int64(offset)
        self.init(microseconds: whole * 1_000_000 + Int64(fraction))
    }
}

private struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func digits(_ count: Int) -> Int? {
        let taken = rest.prefix(count)
        guard taken.count == count, taken.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        rest = rest.dropFirst(count)
        return taken.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// Zero where there is no fraction; `nil` where it is malformed.
    mutating func fractionInMicroseconds() -> Int? {
        guard take(".") else { return 0 }
        let taken = rest.prefix { (0x30...0x39).contains($0) }
        guard (1...9).contains(taken.count) else { return nil }
        rest = rest.dropFirst(taken.count)
        let six = Array(taken.prefix(6)) + Array(repeating: 0x30, count: max(0, 6 - taken.count))
        return six.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    mutating func offsetInSeconds() -> Int? {
        if take("Z") { return 0 }
        let sign: Int
        if take("+") {
            sign = 1
        } else if take("-") {
            sign = -1
        } else {
            return nil
        }
        guard let hours = digits(2), take(":"), let minutes = digits(2), hours < 24, minutes < 60 else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }
}

/// Appends a number, with zeros before it up to the width, and what follows it.
private func append(_ number: Int, width: Int, _ mark: Unicode.Scalar, to text: inout [UInt8]) {
    var unit = 10
    for _ in 2..<width { unit *= 10 }
    if number < 0 || number >= unit * 10 {
        text.append(contentsOf: String(number).utf8)
    } else {
        while unit > 0 {
            text.append(UInt8(ascii: "0") + UInt8(number / unit % 10))
            unit /= 10
        }
    }
    text.append(UInt8(ascii: mark))
}

private func floorDivide(_ number: Int64, _ divisor: Int64) -> Int64 {
    number >= 0 ? number / divisor : -((-number + divisor - 1) / divisor)
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar; `nil` for a day that does not exist.
private func dayNumber(year: Int, month: Int, day: Int) -> Int64? {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...12).contains(month), (1...lengths[month - 1]).contains(day) else { return nil }
    let before = year - 1
    let leapDays = before / 4 - before / 100 + before / 400
    let daysBeforeYear = before * 365 + leapDays
    let daysBeforeMonth = lengths.prefix(month - 1).reduce(0, +)
    return Int64(daysBeforeYear + daysBeforeMonth + day - 1) - 719_162
}

/// Splits a day number into year, month and day. 400 years have 146,097 days; years are counted from 1 March, so that
/// the leap day is the last one of its year.
private func civilDate(dayNumber: Int64) -> (year: Int, month: Int, day: Int) {
    let fromMarch0000 = dayNumber + 719_468
    let era = floorDivide(fromMarch0000, 146_097)
    let dayOfEra = Int(fromMarch0000 - era * 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + Int(era) * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
}
