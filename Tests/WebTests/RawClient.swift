import Glibc
import Platform

/// A client that sends the bytes it is given and nothing else. Every wait ends after ten seconds.
///
/// Its calls block: what waits is used inside `onThread`, so that the server's handlers keep their threads.
/// `@unchecked Sendable`: a test uses a client from one thread at a time.
final class RawClient: @unchecked Sendable {
    struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    struct Answer: Equatable {
        let status: Int
        let head: String
        let body: String

        func header(_ name: String) -> String? {
            let prefix = name.lowercased() + ": "
            return head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(prefix) }
                .map { String($0.dropFirst(prefix.count)) }
        }
    }

    /// POLLRDHUP of poll(2).
    private static let peerFinished: Int16 = 0x2000

    private let descriptor: Int32
    private var pending: [UInt8] = []
    private var isClosed = false

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        // A class that is whole when its initializer throws is let go by deinit, which closes.
        guard result == 0 else { throw Broken(description: "connect: errno \(errno)") }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
    }

    deinit { close(descriptor) }

    /// Sends; a peer that has closed is no error here.
    func send(_ bytes: some Collection<UInt8>) {
        var rest = Array(bytes)
        while !rest.isEmpty {
            let sent = Glibc.send(descriptor, rest, rest.count, Int32(MSG_NOSIGNAL))
            guard sent > 0 else { return }
            rest.removeFirst(sent)
        }
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// Ends the connection with RST (socket(7), SO_LINGER of zero).
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// Says that nothing more will be sent.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// The next final answer (100 is skipped); `nil` when the peer closed first.
    func answer(toHead isHead: Bool = false) throws -> Answer? {
        while true {
            guard let end = try headEnd() else { return nil }
            let head = String(decoding: pending[..<end], as: UTF8.self)
            pending.removeFirst(end + 4)
            let status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            let answer = Answer(status: status, head: head, body: "")
            if status == 100 { continue }
            let length = answer.header("Content-Length").flatMap { Int($0) } ?? 0
            return Answer(status: status, head: head, body: isHead ? "" : try body(length))
        }
    }

    /// All answers until the peer closes.
    func answers() throws -> [Answer] {
        var result: [Answer] = []
        while let answer = try answer() { result.append(answer) }
        return result
    }

    /// Waits for some bytes that contain the text, and keeps them.
    func waits(for text: String) throws -> Bool {
        while !String(decoding: pending, as: UTF8.self).contains(text) {
            guard try fill() else { return false }
        }
        return true
    }

    /// Whether the peer has closed, after reading what it still sent.
    func endsWithoutMore() throws -> Bool {
        while try fill() {}
        return pending.isEmpty
    }

    /// Every byte until the peer closes.
    func everything() throws -> [UInt8] {
        while try fill() {}
        return pending
    }

    /// Sends a byte at a time until the peer closes; `false` when it still listens after the span.
    func dribbles(for span: Duration, every pause: Duration) -> Bool {
        let start = MonotonicTime.nanoseconds()
        while MonotonicTime.nanoseconds() - start < UInt64(span.components.seconds) * 1_000_000_000 {
            var poll = pollfd(fd: descriptor, events: RawClient.peerFinished, revents: 0)
            let milliseconds = Int32(pause.components.attoseconds / 1_000_000_000_000_000)
            if Glibc.poll(&poll, 1, milliseconds) == 1 { return true }
            send("x")
        }
        return false
    }

    private func body(_ length: Int) throws -> String {
        while pending.count < length {
            guard try fill() else { throw Broken(description: "closed inside a body") }
        }
        defer { pending.removeFirst(length) }
        return String(decoding: pending[..<length], as: UTF8.self)
    }

    private func headEnd() throws -> Int? {
        while true {
            if pending.count >= 4 {
                for index in 0...(pending.count - 4) where pending[index...].starts(with: [13, 10, 13, 10]) {
                    return index
                }
            }
            guard try fill() else {
                if pending.isEmpty { return nil }
                throw Broken(description: "closed inside a head: \(String(decoding: pending, as: UTF8.self))")
            }
        }
    }

    private func fill() throws -> Bool {
        if isClosed { return false }
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard Glibc.poll(&poll, 1, 10_000) == 1 else { throw Broken(description: "nothing came for ten seconds") }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else {
            isClosed = true
            return false
        }
        pending += buffer[..<count]
        return true
    }
}

/// Runs blocking code on a thread of its own.
func onThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        startThread(name: "raw-client") { continuation.resume(with: Result(catching: body)) }
    }
}
