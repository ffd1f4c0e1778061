/// A cookie of the server and what it was given for: another base or another filter makes it worthless.
struct LDAPSyncCookie {
    let scope: String
    let server: [UInt8]

    private static let mark = Array("syncrepl1 ".utf8)

    init(scope: String, server: [UInt8]) {
        self.scope = scope
        self.server = server
    }

    /// Reads a cookie that `bytes` wrote; `nil` for any other.
    init?(_ cookie: SyncCookie) {
        guard cookie.bytes.starts(with: Self.mark) else { return nil }
        let rest = cookie.bytes.dropFirst(Self.mark.count)
        guard let end = rest.firstIndex(of: 0), end + 1 < rest.endIndex,
            let scope = String(validating: rest[..<end], as: UTF8.self)
        else { return nil }
        self.scope = scope
        server = Array(rest[(end + 1)...])
    }

    var cookie: SyncCookie { SyncCookie(Self.mark + Array(scope.utf8) + [0] + server) }
}
