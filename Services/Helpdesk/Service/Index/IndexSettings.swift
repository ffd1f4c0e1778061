import Configuration
import Directory

/// How the account index is kept: `index` of `helpdesk.json5`.
public struct IndexSettings: Sendable {
    /// Between two looks at an embedded store, which is a file of this host. Default 1 s, at most an hour.
    public var embeddedInterval = Duration.seconds(1)
    /// Between two looks at any other directory. Default 30 s, at most a day.
    public var directoryInterval = Duration.seconds(30)
    /// How long a page of users waits for its directories before it shows what the index knows. Default 300 ms, at most
    /// 5 s; 0: it never asks.
    public var refreshDeadline = Duration.milliseconds(300)

    /// The defaults.
    public init() {}

    /// Reads `embeddedSeconds`, `directorySeconds`, `refreshMilliseconds`.
    init(_ reader: ConfigurationReader) {
        embeddedInterval = reader.seconds("embeddedSeconds", default: 1, in: 1...3_600)
        directoryInterval = reader.seconds("directorySeconds", default: 30, in: 1...86_400)
        refreshDeadline = .milliseconds(reader.integer("refreshMilliseconds", default: 300, in: 0...5_000))
    }

    func interval(of kind: IdentityStoreKind) -> Duration {
        kind == .embedded ? embeddedInterval : directoryInterval
    }
}
