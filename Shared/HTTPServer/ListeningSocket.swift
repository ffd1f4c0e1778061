import CMicroHTTPD
import Glibc

/// A socket that listens, made here so that the port can be asked for and the queue closed at once on a drain.
struct ListeningSocket {
    let descriptor: Int32
    let port: UInt16

    init(address: String, port: UInt16, behindProxy: Bool) throws(HTTPServerError) {
        guard let endpoint = Endpoint(address, port) else { throw .invalidAddress(address) }
        guard endpoint.isLoopback || behindProxy else { throw .notLoopback(address) }
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(endpoint.family, flags, 0)
        guard descriptor >= 0 else { throw .cannotListen(errno: errno) }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard endpoint.bind(descriptor), listen(descriptor, 1_024) == 0 else {
            let reason = errno
            close(descriptor)
            throw .cannotListen(errno: reason)
        }
        self.descriptor = descriptor
        self.port = boundPort(descriptor)
    }
}

/// An address and a port, for bind(2).
private enum Endpoint {
    case version4(sockaddr_in)
    case version6(sockaddr_in6)

    init?(_ address: String, _ port: UInt16) {
        var four = sockaddr_in()
        var six = sockaddr_in6()
        if inet_pton(AF_INET, address, &four.sin_addr) == 1 {
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            self = .version4(four)
        } else if inet_pton(AF_INET6, address, &six.sin6_addr) == 1 {
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = port.bigEndian
            self = .version6(six)
        } else {
            return nil
        }
    }

    var family: Int32 {
        switch self {
        case .version4: AF_INET
        case .version6: AF_INET6
        }
    }

    /// 127.0.0.0/8 (RFC 1122 §3.2.1.3) or ::1 (RFC 4291 §2.5.3).
    var isLoopback: Bool {
        switch self {
        case .version4(let address):
            return UInt32(bigEndian: address.sin_addr.s_addr) >> 24 == 127
        case .version6(var address):
            return withUnsafeBytes(of: &address.sin6_addr) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
        }
    }

    func bind(_ descriptor: Int32) -> Bool {
        func bind(_ address: some Any) -> Bool {
            withUnsafePointer(to: address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.bind(descriptor, $0, socklen_t(MemoryLayout.size(ofValue: address))) == 0
                }
            }
        }
        switch self {
        case .version4(let address): return bind(address)
        case .version6(let address): return bind(address)
        }
    }
}

private func boundPort(_ descriptor: Int32) -> UInt16 {
    var address = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
    }
    // The port stands at the same place in both address families.
    return UInt16(bigEndian: address.sin6_port)
}

/// The text of an address without its port; `unknown` when it is neither IPv4 nor IPv6.
func addressText(_ address: UnsafePointer<sockaddr>?) -> String {
    guard let address else { return "unknown" }
    let family = Int32(address.pointee.sa_family)
    guard family == AF_INET || family == AF_INET6 else { return "unknown" }
    let offset =
        family == AF_INET
        ? MemoryLayout<sockaddr_in>.offset(of: \.sin_addr) : MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr)
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard inet_ntop(family, UnsafeRawPointer(address) + (offset ?? 0), &text, socklen_t(text.count)) != nil
    else { return "unknown" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Whether a text is an address in digits (inet_pton(3)).
func isAddress(_ text: String) -> Bool {
    var buffer = in6_addr()
    return inet_pton(AF_INET, text, &buffer) == 1 || inet_pton(AF_INET6, text, &buffer) == 1
}
