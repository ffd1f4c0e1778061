import Glibc
import Platform
import TestSupport

/// A server on a loopback port that answers every request with the same bytes, whatever they are, or not at all.
final class LyingServer: Sendable {
    enum Lie: Sendable {
        /// These bytes, then the connection is closed.
        case bytes(String)
        /// Nothing, and the connection stays open.
        case silence
        /// The connection is closed at once.
        case hangUp
    }

    let port: UInt16
    private let descriptor: Int32
    private let open = Lock<[Int32]>([])

    init(_ lie: Lie) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(descriptor, raw, length) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, raw, &length) == 0
            }
        }
        guard bound else { throw ProgramError.neverHappened("listening") }
        self.descriptor = descriptor
        port = UInt16(bigEndian: address.sin_port)
        startThread(name: "lying-server") { [descriptor, open] in
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { return }
                startThread(name: "lying") { Self.answer(connection, lie, open) }
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
        open.withLock { for connection in $0 { close(connection) } }
    }

    private static func answer(_ connection: Int32, _ lie: Lie, _ open: Lock<[Int32]>) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        if case .hangUp = lie {
            close(connection)
            return
        }
        _ = recv(connection, &buffer, buffer.count, 0)
        switch lie {
        case .bytes(let text):
            let bytes = Array(text.utf8)
            _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            shutdown(connection, Int32(SHUT_WR))
            while recv(connection, &buffer, buffer.count, 0) > 0 {}
            close(connection)
        case .silence: open.withLock { $0.append(connection) }
        case .hangUp: close(connection)
        }
    }
}
