/// The paged results control (RFC 2696).
enum PagedResults {
    static let id = "1.2.840.113556.1.4.319"

    /// Asks for a page of at most `size` entries, after the cookie of the page before.
    static func request(size: Int32, cookie: [UInt8]) -> LDAPControl {
        let encoder = BEREncoder()
        encoder.sequence { encoder in
            encoder.integer(size)
            encoder.octets(cookie)
        }
        return LDAPControl(id, value: encoder.bytes, isCritical: true)
    }

    /// The cookie of the next page; empty after the last one, `nil` when the answer has no such control.
    static func cookie(in controls: [LDAPControl]) throws(BERError) -> [UInt8]? {
        guard let value = controls[id]?.value else { return nil }
        let answer = try BERDecoder(value).nested()
        _ = try answer.integer()
        return try answer.octets()
    }
}
