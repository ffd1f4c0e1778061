/// Up to which write of which domain controller the accounts have been read. As bytes: 1, or 2 in the middle of a full
/// read; the `invocationId` of the database; the write's number with the high byte first.
///
/// Each domain controller counts its writes for itself (MS-ADTS §3.1.1.1.9), and anew after it was restored, when its
/// `invocationId` changes: the numbers of one say nothing to another.
struct ChangeCookie: Equatable {
    let invocation: ObjectGUID
    var usn: UInt64
    /// Whether everything is being read: who is not told of until its end is gone.
    var isFull: Bool

    init(invocation: ObjectGUID, usn: UInt64, isFull: Bool) {
        self.invocation = invocation
        self.usn = usn
        self.isFull = isFull
    }

    /// Reads a cookie; `nil` when it is none of this kind.
    init?(_ cookie: SyncCookie) {
        guard cookie.bytes.count == 25, (1...2).contains(cookie.bytes[0]),
            let invocation = ObjectGUID(bytes: Array(cookie.bytes[1..<17]))
        else { return nil }
        self.init(
            invocation: invocation, usn: cookie.bytes[17...].reduce(0) { $0 << 8 | UInt64($1) },
            isFull: cookie.bytes[0] == 2)
    }

    var cookie: SyncCookie {
        let number = (0..<8).reversed().map { UInt8(truncatingIfNeeded: usn >> (8 * $0)) }
        return SyncCookie([isFull ? 2 : 1] + invocation.bytes + number)
    }
}
