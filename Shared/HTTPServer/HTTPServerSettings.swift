/// Where a server listens and what it takes. The defaults are those of `security.md`, "HTTP".
public struct HTTPServerSettings: Sendable {
    /// The address to listen on, IPv4 or IPv6 in digits.
    public var address = "127.0.0.1"
    /// The port to listen on; 0 asks the system for a free one.
    public var port: UInt16 = 0
    /// Whether a reverse proxy stands in front: only then an address other than loopback is taken and
    /// `X-Forwarded-For` believed.
    public var behindProxy = false
    /// Threads that read and write sockets.
    public var threads = 2
    /// Bytes of a body at most; more is answered with 413.
    public var maximumBody = 65_536
    /// Bytes of a head at most; more is answered with 431.
    public var maximumHead = 16_384
    /// Bytes of a request target at most; more is answered with 414.
    public var maximumURL = 2_048
    /// Time from the connection, or from the first byte of a further request, to the end of the head.
    public var headDeadline = Duration.seconds(5)
    /// Time from the head to the end of the body, and from the answer's start to its end.
    public var bodyDeadline = Duration.seconds(60)
    /// Time a connection may stay open without a request.
    public var idleDeadline = Duration.seconds(75)
    /// Time the handler has before 503 is answered in its place.
    public var handlerDeadline = Duration.seconds(30)
    /// Time a body that is made while it is sent may stand still, because its maker or its reader does.
    public var streamDeadline = Duration.seconds(60)
    /// Connections at a time; more wait in the system's queue.
    public var maximumConnections = 1_024

    /// The defaults: loopback, a free port.
    public init() {}
}

/// Why a server did not start.
public enum HTTPServerError: Error, Sendable, Equatable {
    /// The address is not an IPv4 or IPv6 address in digits.
    case invalidAddress(String)
    /// The address can be reached from outside and no proxy stands in front (IN-00).
    case notLoopback(String)
    /// The port cannot be listened on; the number is errno(3).
    case cannotListen(errno: Int32)
    /// The library refused to start, or the server was started before.
    case cannotStart
}
