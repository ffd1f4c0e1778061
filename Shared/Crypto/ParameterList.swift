import COpenSSL

/// Arguments of an OpenSSL call (OSSL_PARAM(3)); owns the memory they point to and wipes it.
final class ParameterList {
    private var parameters: [OSSL_PARAM] = []
    private var buffers: [UnsafeMutableRawBufferPointer] = []

    deinit {
        for buffer in buffers {
            OPENSSL_cleanse(buffer.baseAddress, buffer.count)
            buffer.deallocate()
        }
    }

    func add(text: String, as name: String) {
        let start = copy(Array(text.utf8) + [0])?.assumingMemoryBound(to: CChar.self)
        parameters.append(OSSL_PARAM_construct_utf8_string(nameOf(name), start, 0))
    }

    func add(bytes: some Collection<UInt8>, as name: String) {
        parameters.append(OSSL_PARAM_construct_octet_string(nameOf(name), copy(bytes), bytes.count))
    }

    /// Lends the list with its end mark.
    func withParameters<Result>(_ body: (UnsafeMutablePointer<OSSL_PARAM>?) -> Result) -> Result {
        var list = parameters + [OSSL_PARAM_construct_end()]
        return list.withUnsafeMutableBufferPointer { body($0.baseAddress) }
    }

    private func copy(_ bytes: some Collection<UInt8>) -> UnsafeMutableRawPointer? {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
        buffer.copyBytes(from: bytes)
        buffers.append(buffer)
        return buffer.baseAddress
    }

    /// The name in memory that lives as long as the list: a parameter keeps a pointer to it.
    private func nameOf(_ name: String) -> UnsafePointer<CChar>? {
        UnsafePointer(copy(Array(name.utf8) + [0])?.assumingMemoryBound(to: CChar.self))
    }
}

/// Overwrites bytes before their memory goes back (OPENSSL_cleanse(3)).
func wipe(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
}
