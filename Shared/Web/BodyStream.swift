/// A body that is made while it is sent, so that it is never whole in memory.
///
/// The answer's head is sent at once, so what goes wrong afterwards can only be shown by an end that is missing: whoever
/// reads the answer finds its last chunk absent (RFC 9112 §8). The deadline of handlers does not run for it; it ends when
/// nothing moves for `HTTPServerSettings.streamDeadline`, when the reader has gone, and when the server ends.
public struct BodyStream: Sendable {
    /// Makes the body. Returning ends it whole; throwing breaks it off.
    public let produce: @Sendable (BodyPipe) async throws -> Void

    /// A body by what makes it.
    public init(_ produce: @escaping @Sendable (BodyPipe) async throws -> Void) {
        self.produce = produce
    }
}

/// Nobody reads the body any more: the reader has gone, was too slow, or the server ends.
public struct BodyPipeClosed: Error, Sendable, Equatable {}
