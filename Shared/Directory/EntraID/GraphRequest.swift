import Model
import StrictJSON
import Transport

/// One request to Graph.
struct GraphRequest: Sendable {
    let method: String
    /// Behind the version, with a slash at the beginning, escaped; or a whole URL that Graph has made.
    let target: Target
    let body: JSON?
    /// Whether something is changed, so that an answer that is lost leaves the outcome open.
    let isWrite: Bool

    enum Target: Sendable {
        case path(String)
        case link(GraphLink)
    }

    static func get(_ path: String) -> GraphRequest {
        GraphRequest(method: "GET", target: .path(path), body: nil, isWrite: false)
    }

    static func get(_ link: GraphLink) -> GraphRequest {
        GraphRequest(method: "GET", target: .link(link), body: nil, isWrite: false)
    }

    /// A question too long for a URL.
    static func ask(_ path: String, _ body: JSON) -> GraphRequest {
        GraphRequest(method: "POST", target: .path(path), body: body, isWrite: false)
    }

    static func change(_ path: String, _ body: JSON) -> GraphRequest {
        GraphRequest(method: "PATCH", target: .path(path), body: body, isWrite: true)
    }
}

/// An URL that Graph has made: the next page, or where changes are asked for next time.
///
/// It is followed with the application's token, so only to where that token belongs: the configured host, byte by byte,
/// and its version. A link to anywhere else is a damaged or a hostile answer.
struct GraphLink: Sendable, Equatable {
    let url: String

    init?(_ url: String, of graphURL: String) {
        let isSafe = url.utf8.allSatisfy {
            $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "\\")
        }
        guard isSafe, url.utf8.count <= 16_384, url.utf8.starts(with: (graphURL + GraphPath.version + "/").utf8)
        else { return nil }
        self.url = url
    }
}

/// Paths and values of Graph's URLs, escaped.
enum GraphPath {
    /// Every call is of this version.
    static let version = "/v1.0"

    static func user(_ id: ObjectID, selecting properties: [String]) -> String {
        "/users/\(id.text)?$select=\(list(properties))"
    }

    static func user(_ id: ObjectID) -> String { "/users/\(id.text)" }

    static func group(_ id: ObjectID) -> String { "/groups/\(id.text)?$select=id" }

    static func memberGroups(of id: ObjectID) -> String { "/users/\(id.text)/getMemberGroups" }

    /// Users whose sign-in name is exactly this.
    static func users(login: String, selecting properties: [String]) -> String {
        "/users?$filter=\(percentEncoded("userPrincipalName eq \(literal(login))"))&$select=\(list(properties))"
    }

    static func firstUser(selecting properties: [String]) -> String { "/users?$top=1&$select=\(list(properties))" }

    static func delta(selecting properties: [String]) -> String { "/users/delta?$select=\(list(properties))" }

    static let domains = "/domains?$select=id,authenticationType,passwordValidityPeriodInDays"

    /// A text between quotes, a quote in it written twice (OData Version 4.01 URL Conventions §5.1.1.6.1). On scalars: a
    /// quote followed by a combining mark is another `Character`.
    static func literal(_ text: String) -> String {
        var result = String.UnicodeScalarView("'".unicodeScalars)
        for scalar in text.unicodeScalars {
            result.append(scalar)
            if scalar == "'" { result.append(scalar) }
        }
        result.append("'")
        return String(result)
    }

    private static func list(_ properties: [String]) -> String {
        properties.map { percentEncoded($0) }.joined(separator: ",")
    }
}
