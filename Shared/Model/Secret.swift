#if canImport(Glibc)
import Glibc
#endif

/// Bytes that must not be seen: a password, a code, a key.
///
/// It prints as `redacted`, cannot be encoded, and its memory is wiped when the last owner lets go. `Crypto` compares
/// secrets in constant time. `@unchecked Sendable`: the buffer is written only by `init` and `deinit`.
public final class Secret: @unchecked Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    private let start: UnsafeMutablePointer<UInt8>

    /// Copies the bytes into memory of its own.
    public init(_ bytes: some Collection<UInt8>) {
        count = bytes.count
        start = .allocate(capacity: count)
        _ = UnsafeMutableBufferPointer(start: start, count: count).initialize(from: bytes)
    }

    /// Copies the text's UTF-8.
    public convenience init(_ text: String) {
        self.init(Array(text.utf8))
    }

    deinit {
        explicit_bzero(start, count)
        start.deallocate()
    }

    /// How many bytes it holds.
    public let count: Int

    /// Lends the bytes for the duration of the call.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// A copy of the bytes; the copy is not wiped, so keep it short-lived.
    public func copyBytes() -> [UInt8] {
        withBytes { Array($0) }
    }

    /// The bytes as text; `nil` when they are not UTF-8.
    public func copyText() -> String? {
        withBytes { String(validating: $0, as: UTF8.self) }
    }

    /// Always `redacted`.
    public var description: String { "redacted" }
    /// Always `redacted`.
    public var debugDescription: String { "redacted" }
    /// No children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
