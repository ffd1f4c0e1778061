/// One page of a listing.
public struct AccountPage: Sendable, Equatable {
    /// The rows, ordered by display name, then entry id.
    public let accounts: [DirectoryAccount]
    /// The cursor of the page after this one; `nil` on the last page.
    public let next: String?
    /// The cursor of the page before this one; `nil` on the first page.
    public let previous: String?
    /// How many accounts the whole listing has now.
    public let total: Int

    /// Makes a page of its parts.
    public init(accounts: [DirectoryAccount], next: String?, previous: String?, total: Int) {
        self.accounts = accounts
        self.next = next
        self.previous = previous
        self.total = total
    }
}
