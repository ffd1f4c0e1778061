import StrictJSON

/// The problems any route can answer with. The services add their own.
extension Problem {
    /// 404: no such resource; also for an id that cannot be one.
    public static let notFound = Problem(status: 404, code: "web.not_found")
    /// 500: something broke that the caller cannot help; the log has the rest under the request id.
    public static let `internal` = Problem(status: 500, code: "internal")
    /// 503: the handler did not answer in time. What it was doing may still happen.
    public static let deadlinePassed = Problem(
        status: 503, code: "web.deadline_passed", detail: "The request took too long and was given up."
    ).header("Retry-After", "5")
    /// 413: the body is longer than the limit.
    public static let bodyTooLarge = Problem(status: 413, code: "web.body_too_large")
    /// 400: the request's head could be understood in two ways (IN-00).
    public static func invalidHead(_ detail: String) -> Problem {
        Problem(status: 400, code: "web.invalid_head", detail: detail)
    }

    /// 400: the body is not what the route wants; the pointer says where.
    public static func invalidBody(_ error: JSONError) -> Problem {
        Problem(status: 400, code: "web.invalid_body", detail: error.reason).at(error.pointer)
    }

    /// 400: the query is not what the route wants; `parameter` says which one.
    public static func invalidQuery(_ name: String, _ detail: String) -> Problem {
        Problem(status: 400, code: "web.invalid_query", detail: detail).member("parameter", .string(name))
    }

    static let bodyRequired = Problem(status: 400, code: "web.body_required", detail: "A JSON body is needed.").at("")
    static let unexpectedBody = Problem(
        status: 400, code: "web.unexpected_body", detail: "This method takes no body.")
    static let notAcceptable = Problem(status: 406, code: "web.not_acceptable")
    static let idempotencyKeyRequired = Problem(
        status: 400, code: "web.idempotency_key_required", detail: "This act needs an Idempotency-Key.")
    static let invalidIdempotencyKey = Problem(
        status: 400, code: "web.invalid_idempotency_key",
        detail: "The Idempotency-Key must be 1 to 255 visible ASCII characters, given once.")
    static let preconditionRequired = Problem(
        status: 428, code: "web.precondition_required",
        detail: "This change needs If-Match with the ETag of the state it is made for.")
    static let invalidCursor = Problem(status: 400, code: "web.invalid_cursor").member("parameter", "cursor")

    static func invalidTarget(_ detail: String) -> Problem {
        Problem(status: 400, code: "web.invalid_target", detail: detail)
    }

    static func methodNotAllowed(_ allowed: [Method]) -> Problem {
        let list = allowed.map(\.description).joined(separator: ", ")
        return Problem(status: 405, code: "web.method_not_allowed").header("Allow", list)
    }

    static func unsupportedMediaType(_ types: [String]) -> Problem {
        Problem(status: 415, code: "web.unsupported_media_type").header("Accept", types.joined(separator: ", "))
    }
}
