import StrictJSON

/// What Graph says when it does not do what it was asked (Microsoft Graph: "Error responses and resource types").
struct GraphError: Sendable {
    let status: Int
    /// `Request_ResourceNotFound`, `Authorization_RequestDenied`, ...; may be empty.
    let code: String
    /// For people, in English; may name them.
    let message: String

    init(status: Int, body: JSON?) {
        self.status = status
        let error = body?["error"]
        code = String(error?["code"]?.stringValue?.prefix(80) ?? "")
        message = error?["message"]?.stringValue ?? ""
    }

    /// Whether a change tracking token is of no use anymore, so that everything has to be read: 410, and for users 400
    /// with a code that says so ("Use delta query to track changes", synchronization reset and token duration).
    var wantsFullRead: Bool {
        status == 410
            || status == 400
                && ["syncStateNotFound", "resyncRequired", "syncStateInvalid", "Directory_ExpiredPageToken"].contains {
                    $0.lowercased() == code.lowercased()
                }
    }

    /// What it means for a read. The text names no people: Graph's own message may.
    var forReading: StoreError {
        let text = "Microsoft Graph answers \(status) \(code)"
        switch status {
        case 401, 403: return .unavailable(text + "; see the permissions in docs/directories/entra-id.md")
        case 408, 429, 500...: return .unavailable(text)
        default: return .malformed(text)
        }
    }
}
