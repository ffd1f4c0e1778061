/// Why something was not sent, or no answer came.
///
/// The texts are for an operator's log. They come from libcurl or from the server and may name hosts and addresses.
public enum TransportError: Error, Sendable, Equatable {
    /// The name does not resolve, nobody listens, or the connection was lost on the way: nothing is known about what
    /// the server did with the request.
    case unreachable
    /// The deadline passed. The server may still have acted.
    case timedOut
    /// The server offered no TLS, or its certificate or host name was not accepted.
    case tls(String)
    /// The answer is larger than the client takes.
    case tooLarge
    /// The mail server's reply: 400 to 499 is temporary, 500 to 599 permanent (RFC 5321 §4.2.1).
    case refused(code: Int, text: String)
    /// A request that cannot be sent as it is, or a fault not named above.
    case failed(String)
}
