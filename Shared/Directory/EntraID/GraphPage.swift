import StrictJSON

/// One page of a list or of a delta query ("Paging Microsoft Graph data in your app", "Use delta query to track changes").
struct GraphPage: Sendable {
    let values: [JSON]
    /// Where the list goes on.
    let next: GraphLink?
    /// Where changes are asked for next time; on the last page of a delta query.
    let delta: GraphLink?

    init(_ body: JSON?, of graphURL: String) throws(StoreError) {
        guard let values = body?["value"]?.arrayValue else {
            throw .malformed("a list of Microsoft Graph that is none")
        }
        self.values = values
        next = try Self.link(body?["@odata.nextLink"], graphURL)
        delta = try Self.link(body?["@odata.deltaLink"], graphURL)
    }

    private static func link(_ value: JSON?, _ graphURL: String) throws(StoreError) -> GraphLink? {
        guard let value else { return nil }
        guard let link = value.stringValue.flatMap({ GraphLink($0, of: graphURL) }) else {
            throw .malformed("Microsoft Graph's answer leads elsewhere")
        }
        return link
    }
}
