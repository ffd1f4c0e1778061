import Model

/// The name of one request, the same in the logs of both services and in the answer.
public struct RequestID: Sendable, Hashable, CustomStringConvertible {
    /// 1 to 64 characters of `A-Z a-z 0-9 _ -`.
    public let text: String

    /// A new id of random bytes, as hexadecimal digits; 16 bytes are enough.
    public init(randomBytes bytes: [UInt8]) {
        text = Identifier<RequestID>(randomBytes: bytes).text
    }

    /// Takes an id a caller sent; `nil` when it is not 1 to 64 characters of `A-Z a-z 0-9 _ -`.
    public init?(_ incoming: String) {
        guard let checked = Identifier<RequestID>(incoming) else { return nil }
        text = checked.text
    }

    /// The text.
    public var description: String { text }
}

/// What belongs to the request a task works for.
public enum RequestContext {
    /// The request's id; every log line written by the task carries it.
    @TaskLocal public static var requestID: RequestID?
}
