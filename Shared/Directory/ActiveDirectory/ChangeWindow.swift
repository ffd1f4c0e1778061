/// A stretch of a domain controller's writes, so wide that what it holds fits into one answer.
///
/// Windows are used in place of paged results, whose cookie lives on one connection. The last one has no end, so that
/// an account which is written to all the time cannot stay ahead of the reader.
struct ChangeWindow: Equatable {
    /// Entries of one answer: the least a domain controller can be set to send, by default 1,000 (MaxPageSize).
    static let usual: Int32 = 500

    private let most: Int
    private(set) var from: UInt64
    private var width: UInt64 = 4_096

    init(after usn: UInt64, most: Int32 = ChangeWindow.usual) {
        self.most = Int(most)
        from = usn < .max ? usn + 1 : .max
    }

    /// The last write of the window; `nil` when it is open.
    func end(_ highest: UInt64) -> UInt64? {
        let (end, overflow) = from.addingReportingOverflow(width - 1)
        return overflow || end >= highest ? nil : end
    }

    /// After an answer that was cut off. A write belongs to one entry, so that some width fits.
    mutating func narrow(_ highest: UInt64) {
        let open = highest >= from ? highest - from + 1 : 1
        width = max(1, min(width, open) / 4)
    }

    /// After an answer of so many entries.
    mutating func move(past end: UInt64, found: Int) {
        from = end + 1
        if found < most / 8, width < 1 << 60 { width *= 4 }
    }
}
