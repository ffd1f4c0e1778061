/// Why a folder of sealing keys cannot be used. Paths are named, contents never.
public enum KeyringError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The folder or a file in it cannot be read or written, with the system's words.
    case unavailable(path: String, reason: String)
    /// The folder or a key file can be used by others than its owner.
    case openToOthers(path: String)
    /// The folder holds no key.
    case empty(path: String)
    /// The folder holds keys already, so none is created.
    case notEmpty(path: String)
    /// A `.key` file whose name is no key id, or that does not hold 32 bytes.
    case malformed(path: String)

    /// A sentence for the operator who starts the service.
    public var description: String {
        switch self {
        case .unavailable(let path, let reason): "\(path): \(reason)"
        case .openToOthers(let path):
            "\(path): others than its owner can use it; folders need mode 0700 and key files 0600"
        case .empty(let path): "\(path): no key in this folder"
        case .notEmpty(let path): "\(path): this folder has keys already"
        case .malformed(let path): "\(path): not a sealing key of 32 bytes named <number>.key"
        }
    }
}
