/// What is wrong with a JSON text or value, and where.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The value it is about (RFC 6901); empty for the whole text.
    public let pointer: String
    /// What is wrong, in words a person can act on: `must be between 1 and 9`.
    public let reason: String

    /// Says what is wrong with a value.
    public init(pointer: String, reason: String) {
        self.pointer = pointer
        self.reason = reason
    }

    /// Pointer and reason in one line.
    public var description: String {
        pointer.isEmpty ? reason : pointer + ": " + reason
    }

    /// The same error, seen from the value that has it in this member or element.
    func under(_ token: String) -> JSONError {
        JSONError(pointer: JSONPointer.token(token) + pointer, reason: reason)
    }
}

/// Spelling of JSON pointers (RFC 6901 §3).
public enum JSONPointer {
    /// One step of a pointer: a slash, and the name with its slashes and tildes escaped.
    public static func token(_ name: String) -> String {
        var bytes: [UInt8] = [Byte.slash]
        for byte in name.utf8 {
            switch byte {
            case Byte.tilde: bytes += [Byte.tilde, Byte.zero]
            case Byte.slash: bytes += [Byte.tilde, Byte.one]
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// One step of a pointer into a list.
    public static func token(_ index: Int) -> String {
        "/" + String(index)
    }
}
