import Glibc
import Model

/// The value of `unicodePwd`: the password between quotation marks in UTF-16, the low byte first (MS-ADTS
/// §3.1.1.3.1.5.1).
enum UnicodePassword {
    /// The value; `nil` when the password is not UTF-8. What is left of it on the way is wiped.
    static func value(of password: Secret) -> Secret? {
        var encoded: [UInt8] = []
        // A byte of UTF-8 makes one unit of UTF-16 at most: the array never moves, which would leave a copy behind.
        encoded.reserveCapacity(2 * password.count + 4)
        let mark: [UInt8] = [UInt8(ascii: "\""), 0]
        encoded += mark
        let isBroken = password.withBytes { bytes in
            transcode(bytes.makeIterator(), from: UTF8.self, to: UTF16.self, stoppingOnError: true) { unit in
                encoded.append(UInt8(truncatingIfNeeded: unit))
                encoded.append(UInt8(truncatingIfNeeded: unit >> 8))
            }
        }
        encoded += mark
        defer {
            encoded.withUnsafeMutableBytes { bytes in
                if let start = bytes.baseAddress { explicit_bzero(start, bytes.count) }
            }
        }
        return isBroken ? nil : Secret(encoded)
    }
}
