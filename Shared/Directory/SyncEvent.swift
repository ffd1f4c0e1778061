import Model

/// What a store tells whoever keeps an index of its accounts, in this order of a run: any number of `changed`,
/// `unchanged`, `removed` and `reached`, then one `finished`.
public enum SyncEvent: Sendable, Equatable {
    /// Accounts that are new or have changed, as they are now. The same account may come again in the same run.
    case changed([DirectoryAccount])
    /// Accounts that are there as they were.
    case unchanged([AccountID])
    /// Accounts that are gone; some may never have been told of.
    case removed([AccountID])
    /// All there is up to here was told: a run cut off after this goes on from the cookie. The index stores what came
    /// before it together with the cookie, or neither.
    case reached(SyncCookie)
    /// The run is whole; the next one begins at the cookie.
    ///
    /// - Parameter othersAreGone: accounts that this run said nothing of are not there anymore, as after a full read. A
    ///   run that went on from a `reached` cookie counts with what was told before it was cut off; of that part the
    ///   index asks again, so that nobody stays who went away meanwhile.
    case finished(SyncCookie, othersAreGone: Bool)
}

/// Where a store's accounts have been read up to: opaque bytes of the store, kept beside the index.
public struct SyncCookie: Sendable, Hashable {
    /// What the store made of it.
    public let bytes: [UInt8]

    /// A cookie of these bytes.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}
