import Observability
import Platform

/// Ids for requests that bring none: 64 random bits of this process and a counter, in hexadecimal digits. They name
/// requests in logs and protect nothing, so they need no system call each.
final class RequestIDSource: Sendable {
    private static let digits = Array("0123456789abcdef".utf8)
    private let prefix = Array(RequestID(randomBytes: SystemRandom().bytes(8)).text.utf8)
    private let count = Lock<UInt64>(0)

    func next() -> RequestID {
        let number = count.withLock { count in
            count &+= 1
            return count
        }
        let text = String(unsafeUninitializedCapacity: prefix.count + 16) { buffer in
            let start = buffer.initialize(fromContentsOf: prefix)
            for index in 0..<16 {
                buffer[start + index] = RequestIDSource.digits[Int(number >> UInt64(60 - 4 * index) & 0xF)]
            }
            return start + 16
        }
        return RequestID(text) ?? .random()
    }
}
