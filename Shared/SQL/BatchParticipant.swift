/// Something that is numbered or chained once for each batch of writes, like the head of an audit chain.
///
/// A transaction enlists it (`Transaction.enlist`); all calls come from the writer's thread.
public protocol BatchParticipant: AnyObject, Sendable {
    /// First use in a batch: load the state and lock it (`Dialect.forUpdate`).
    func begin(_ connection: any Connection) throws(DatabaseError)
    /// A body starts: remember where.
    func mark()
    /// The body failed: go back to the last mark.
    func rollBack()
    /// Before the commit: write the state.
    func finish(_ connection: any Connection) throws(DatabaseError)
    /// The batch is on disk.
    func committed()
    /// The batch is gone: forget the state. It may be tried again, beginning with `begin`.
    func aborted()
}
