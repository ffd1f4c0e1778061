import Model

extension Timestamp {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The time as a `Date` field has it (RFC 5322 §3.3): `Sat, 21 Nov 2026 09:45:00 +0000`.
    var rfc5322: String {
        // `YYYY-MM-DDThh:mm:ss.sssZ`, whose calendar `Model` has worked out.
        let text = rfc3339
        let date = text.split(separator: "T").first?.split(separator: "-") ?? []
        let time = text.suffix(13).prefix(8)
        guard date.count == 3, let month = Int(date[1]), (1...12).contains(month) else { return text }
        // 1 January 1970 was a Thursday.
        let dayNumber = (seconds - (seconds % 86_400 + 86_400) % 86_400) / 86_400
        let weekday = Self.days[Int(((dayNumber + 4) % 7 + 7) % 7)]
        return "\(weekday), \(date[2]) \(Self.months[month - 1]) \(date[0]) \(time) +0000"
    }
}
