/// The places of an act where a process may die; a test makes it die there.
///
/// In production nothing happens at any of them. What a test throws goes up without being handled anywhere, like the
/// end of the process: no clean-up may depend on it.
public struct CrashPoints: Sendable {
    /// A place, named by what is durable when it is reached.
    public enum Point: String, CaseIterable, Sendable {
        /// The intent is recorded, the authority not yet asked for.
        case intentRecorded
        /// The proof was handed out by the auth service, and nothing here knows.
        case proofRedeemed
        /// The authority is recorded, the directory not yet written.
        case authorityRecorded
        /// The directory is written, and nothing here knows.
        case directoryWritten
        /// The result of one account is recorded.
        case resultRecorded
    }

    private let reached: @Sendable (Point) throws -> Void

    /// Calls the body at every place.
    public init(_ reached: @escaping @Sendable (Point) throws -> Void) {
        self.reached = reached
    }

    /// Nothing happens anywhere.
    public static let none = CrashPoints { _ in }

    func reach(_ point: Point) throws {
        try reached(point)
    }
}
