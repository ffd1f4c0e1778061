import CArgon2
import Model

/// The hash itself (RFC 9106, argon2(1)); blocks for milliseconds.
enum Argon2 {
    struct Parameters: Sendable, Equatable {
        var variant = Variant.id
        /// 0x10 or 0x13.
        var version: UInt32 = 0x13
        let memoryKiB: UInt32
        let passes: UInt32
        let lanes: UInt32
    }

    enum Variant: String, Sendable {
        case i = "argon2i"
        case d = "argon2d"
        case id = "argon2id"

        var type: argon2_type {
            switch self {
            case .i: Argon2_i
            case .d: Argon2_d
            case .id: Argon2_id
            }
        }
    }

    /// - Parameter count: bytes of the hash.
    static func hash(
        _ password: Secret, salt: [UInt8], parameters: Parameters, count: Int
    ) throws(CryptoError) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: count)
        let result = password.withBytes { password in
            argon2_hash(
                parameters.passes, parameters.memoryKiB, parameters.lanes, password.baseAddress, password.count, salt,
                salt.count, &output, count, nil, 0, parameters.variant.type, parameters.version)
        }
        guard result == ARGON2_OK.rawValue else { throw .failed("argon2_hash \(result)") }
        return output
    }
}
