import COpenSSL

/// Hash functions (FIPS 180-4).
public enum Digest {
    /// SHA-256, 32 bytes.
    public static func sha256(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        withContiguousBytes(bytes) { source in
            _ = COpenSSL.SHA256(source.baseAddress, source.count, &digest)
        }
        return digest
    }
}

/// Lends a collection's bytes in one piece, copied only where they are not in one piece already.
func withContiguousBytes<Result, Failure: Error>(
    _ bytes: some Collection<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
) throws(Failure) -> Result {
    let outcome = bytes.withContiguousStorageIfAvailable { source in
        Swift.Result { () throws(Failure) in try body(source) }
    }
    if let outcome { return try outcome.get() }
    return try Array(bytes).withUnsafeBufferPointer(body)
}
