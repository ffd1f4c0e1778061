import Glibc
import Platform
import TestSupport

/// nginx with the sample configuration, on free ports, with a test-only certificate.
final class ReverseProxy: Sendable {
    let port: UInt16
    let caFile: String
    private let folder = TemporaryFolder()
    private let process: ChildProcess

    /// Starts nginx in front of a server for each service; answers when it takes connections.
    init(auth: UInt16, helpdesk: UInt16) throws {
        port = freePort()
        caFile = folder.file("tls/ca.pem")
        try runSuccessfully(
            ReverseProxy.root + "/Tests/Kit/make-ca.sh",
            [folder.file("tls"), "DNS:auth.example.org,DNS:helpdesk.example.org"])
        let sample = ReverseProxy.text("deploy/nginx/latchkey.conf")
        let rendered = ReverseProxy.replace(
            [
                ("127.0.0.1:8401", "127.0.0.1:\(auth)"), ("127.0.0.1:8402", "127.0.0.1:\(helpdesk)"),
                ("listen 443", "listen 127.0.0.1:\(port)"), ("listen 80", "listen 127.0.0.1:\(freePort())"),
                ("/etc/ssl/latchkey", folder.file("tls")), ("/etc/nginx", folder.path),
            ], in: sample)
        folder.write("latchkey.conf", rendered)
        folder.write("latchkey-server.conf", ReverseProxy.text("deploy/nginx/latchkey-server.conf"))
        folder.write("nginx.conf", ReverseProxy.frame(folder.path))
        process = try ChildProcess("/usr/sbin/nginx", ["-c", folder.file("nginx.conf"), "-e", folder.file("error")])
        let (process, port) = (process, port)
        try waitBlocking(.seconds(10), "nginx: \(process.output)") {
            !process.isRunning || (try? RawClient(port: port)) != nil
        }
    }

    /// Asks nginx to end, so that its worker does too.
    deinit {
        process.terminate()
        _ = try? process.wait(.seconds(5))
    }

    /// What nginx wrote to its error log.
    var errors: String { String(decoding: readFile(folder.file("error")), as: UTF8.self) }

    /// Sends bytes over TLS to one of the two names and answers everything that came back.
    func exchange(_ bytes: [UInt8], with name: String, _ options: [String] = []) throws -> String {
        let arguments = [
            "s_client", "-quiet", "-connect", "127.0.0.1:\(port)", "-servername", name, "-CAfile", caFile,
            "-verify_return_error",
        ]
        return try runProgram("openssl", arguments + options, input: bytes, deadline: .seconds(15)).text
    }

    private static func frame(_ folder: String) -> String {
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(folder)/\($0);" }.joined(separator: " ")
        return """
            daemon off; worker_processes 1; user root; pid \(folder)/pid;
            events { worker_connections 256; }
            http { access_log off; \(temporary) include \(folder)/latchkey.conf; }
            """
    }

    /// Replaces and fails when there was nothing to replace: the sample and the test have to agree.
    private static func replace(_ pairs: [(String, String)], in text: String) -> String {
        var result = text
        for (old, new) in pairs {
            let parts = split(result, by: old)
            precondition(parts.count > 1, "the sample has no \(old)")
            result = parts.joined(separator: new)
        }
        return result
    }

    private static func split(_ text: String, by separator: String) -> [String] {
        var parts: [String] = []
        var rest = text[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }

    private static func text(_ path: String) -> String {
        String(decoding: readFile(root + "/" + path), as: UTF8.self)
    }

    /// The folder of the package.
    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
}
