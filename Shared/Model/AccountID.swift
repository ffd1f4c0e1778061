/// One user entry in one identity store, named for good.
///
/// The entry part is the directory's immutable id (`entryUUID`, `objectGUID`), never a DN or a login: those can be
/// moved to somebody else. On the wire and in the database it is `store~entry`.
public struct AccountID: Hashable, Sendable, CustomStringConvertible {
    /// The store the account lives in.
    public let store: StoreID
    /// The directory's immutable id of the entry.
    public let entry: String

    /// Names an entry of a store; `nil` when the entry id is not 1 to 64 characters of `A-Z a-z 0-9 _ -`.
    public init?(store: StoreID, entry: String) {
        guard let checked = Identifier<AccountID>(entry) else { return nil }
        self.store = store
        self.entry = checked.text
    }

    /// Takes an id that came from outside; `nil` when it cannot be one.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "~", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let store = StoreID(parts[0]) else { return nil }
        self.init(store: store, entry: String(parts[1]))
    }

    /// The same for whole strings, which is what databases and tokens hold; without the detour over generic text.
    public init?(_ text: String) {
        guard let separator = text.utf8.firstIndex(of: UInt8(ascii: "~")),
            let store = StoreID(String(text[..<separator]))
        else { return nil }
        self.init(store: store, entry: String(text[text.utf8.index(after: separator)...]))
    }

    /// `store~entry`.
    public var text: String { store.text + "~" + entry }

    /// `store~entry`.
    public var description: String { text }
}
