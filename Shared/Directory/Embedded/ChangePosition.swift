import Model

/// How far an index has read an embedded store; what its cookies hold.
struct ChangePosition: Sendable, Equatable {
    /// The file that was read (`ChangeTable.identity`).
    let file: String
    /// The number of the last change that was told.
    var number: Int64
    /// Whether the run that got here began at the first change, so that what it did not tell of is gone.
    let isFull: Bool

    init(file: String, number: Int64, isFull: Bool) {
        self.file = file
        self.number = number
        self.isFull = isFull
    }

    /// Reads a cookie; `nil` when it is none of ours.
    init?(_ cookie: SyncCookie) {
        guard let text = String(validating: cookie.bytes, as: UTF8.self) else { return nil }
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, let number = Int64(parts[1]), number >= 0, ["full", "on"].contains(parts[2]) else {
            return nil
        }
        self.init(file: String(parts[0]), number: number, isFull: parts[2] == "full")
    }

    var cookie: SyncCookie { SyncCookie(Array("\(file) \(number) \(isFull ? "full" : "on")".utf8)) }
}
