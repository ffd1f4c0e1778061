/// A file to be imported, already read.
public struct ImportFile: Sendable {
    /// The name problems are reported under.
    public let name: String
    /// The content: UTF-8, RFC 4180.
    public let bytes: [UInt8]

    /// Makes a file of its parts.
    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// What an import has done.
public struct ImportReport: Sendable, Equatable {
    /// Accounts that are new.
    public var created = 0
    /// Accounts that were there and took over what the file says.
    public var updated = 0
    /// Passwords that were set, of new accounts and of old ones where that was asked for.
    public var passwordsSet = 0
    /// Groups that are new.
    public var groupsCreated = 0
    /// Groups that are members of a group by the groups file.
    public var nestings = 0

    /// Nothing done.
    public init() {}
}
