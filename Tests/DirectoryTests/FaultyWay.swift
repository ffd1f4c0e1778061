import TestSupport
import Testing

@testable import Directory

/// A way to a directory that can be broken: `Tests/Kit/fault-proxy.py`.
struct FaultyWay {
    private let folder = TemporaryFolder()
    private let proxy: KitServer

    /// To a port of a server.
    init(to port: UInt16, of host: String = "127.0.0.1") throws {
        proxy = try KitServer("fault-proxy.py", ["\(port)", folder.file("mode"), "--host", host])
    }

    /// Where it begins.
    var server: LDAPServer { LDAPServer(host: "127.0.0.1", port: proxy.port) }

    /// As `servers` of `stores.json5` names it.
    var setting: String { "\"127.0.0.1:\(proxy.port)\"" }

    /// What it does from now on.
    func become(_ words: String) { folder.write("mode", words) }
}

/// Whether a call ends because the directory is unavailable; another error is an issue.
func isUnavailable(_ body: () async throws -> Void) async -> Bool {
    do {
        try await body()
        return false
    } catch StoreError.unavailable {
        return true
    } catch {
        Issue.record("\(error)")
        return false
    }
}
