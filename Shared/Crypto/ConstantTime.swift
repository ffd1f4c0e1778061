import COpenSSL
import Model

/// Whether two byte strings are the same, in a time that depends on their lengths only (CRYPTO_memcmp(3)).
public func constantTimeEquals(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
    withContiguousBytes(left) { left in
        withContiguousBytes(right) { right in
            left.count == right.count && CRYPTO_memcmp(left.baseAddress, right.baseAddress, left.count) == 0
        }
    }
}

extension Secret {
    /// Whether both hold the same bytes, in a time that depends on their lengths only.
    public func equals(_ other: Secret) -> Bool {
        withBytes { left in other.withBytes { right in constantTimeEquals(left, right) } }
    }
}
