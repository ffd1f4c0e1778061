import Model
import Platform
import StrictJSON
import Transport

/// Asks Microsoft Graph: with a token, inside a deadline, and as slowly as Graph wants it.
///
/// - A token that is refused is fetched again once.
/// - `429` says that nothing was done: asked again after `Retry-After` where the deadline allows, `unavailable` else. `503`
///   says the same of a read; of a write it leaves the outcome open, and nothing is written again to find out (CR-04).
/// - A write whose answer is lost is ``StoreError/outcomeUnknown(_:)``.
struct GraphClient: Sendable {
    /// Waits before a request is sent again, where Graph does not say how long; also the most that are made.
    private static let waits: [Duration] = [.seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(16)]

    let url: String
    let tokens: GraphTokens
    let http: HTTPClient
    let clock: any Clock

    /// The answer of the request when it is one of success; `nil` for 404.
    func read(_ request: GraphRequest, within deadline: CallDeadline) async throws(StoreError) -> JSON? {
        let answer = try await send(request, within: deadline)
        switch answer.status {
        case 200...299:
            guard let body = answer.body else { throw .malformed("Microsoft Graph's answer is no JSON") }
            return body
        case 404: return nil
        default: throw answer.error.forReading
        }
    }

    /// Sends a request; an answer of whatever status but those that are dealt with here.
    func send(_ request: GraphRequest, within deadline: CallDeadline) async throws(StoreError) -> GraphAnswer {
        var isTokenRenewed = false
        var waits = Self.waits[...]
        while true {
            let token = try await tokens.token(within: deadline)
            let answer = try await exchange(request, token, within: deadline)
            if answer.status == 401, !isTokenRenewed {
                tokens.drop(token)
                isTokenRenewed = true
            } else if answer.asksToWait, !(request.isWrite && answer.status == 503) {
                guard let standard = waits.popFirst() else { throw answer.error.forReading }
                try await wait(answer.retryAfter ?? standard, answer.error, within: deadline)
            } else {
                return answer
            }
        }
    }

    /// Waits as long as Graph wants, or says at once that there is not enough time.
    func wait(_ span: Duration, _ error: GraphError, within deadline: CallDeadline) async throws(StoreError) {
        guard span < deadline.rest else { throw error.forReading }
        await clock.sleep(for: span)
    }

    private func exchange(
        _ request: GraphRequest, _ token: Secret, within deadline: CallDeadline
    ) async throws(StoreError) -> GraphAnswer {
        let address: String
        switch request.target {
        case .path(let path): address = url + GraphPath.version + path
        case .link(let link): address = link.url
        }
        let rest = deadline.rest
        guard rest > .zero else { throw .unavailable("Microsoft Graph: out of time") }
        var headers = [("Authorization", "Bearer " + (token.copyText() ?? "")), ("Accept", "application/json")]
        if request.body != nil { headers.append(("Content-Type", "application/json")) }
        var message = HTTPRequest(
            request.method, address, headers: headers, body: request.body?.serialized(), deadline: rest)
        message.wantsNewConnection = request.isWrite
        do throws(TransportError) {
            return GraphAnswer(try await http.send(message))
        } catch {
            throw request.isWrite ? StoreError(writing: error) : StoreError(reading: error)
        }
    }
}

/// What Graph has answered.
struct GraphAnswer: Sendable {
    let status: Int
    /// `nil` for a body that is no JSON, or none.
    let body: JSON?
    /// How long Graph wants to be left alone.
    let retryAfter: Duration?

    init(_ response: HTTPResponse) {
        status = response.status
        body = try? JSON.parse(response.body)
        retryAfter = response.header("Retry-After").flatMap(Self.seconds)
    }

    /// One answer of a batch ("Combine multiple HTTP requests using JSON batching").
    init?(batched answer: JSON) {
        guard let status = answer["status"]?.integerValue, (100...599).contains(status) else { return nil }
        self.status = Int(status)
        body = answer["body"]
        let header = answer["headers"]?.objectValue?.first { $0.name.lowercased() == "retry-after" }
        retryAfter = header?.value.stringValue.flatMap(Self.seconds)
    }

    var error: GraphError { GraphError(status: status, body: body) }

    /// Whether nothing was done because of too many requests, or because Graph is not well ("Microsoft Graph throttling
    /// guidance").
    var asksToWait: Bool { status == 429 || status == 503 }

    /// RFC 9110 §10.2.3; Graph sends whole seconds.
    private static func seconds(_ text: String) -> Duration? {
        guard (1...6).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int64(text).map { .seconds($0) }
    }
}

extension StoreError {
    /// A request that changes nothing and had no answer.
    init(reading error: TransportError) {
        self = .unavailable("Microsoft's service: \(error)")
    }

    /// A write without an answer. Where no connection was trusted nothing was sent; else the write may have happened.
    init(writing error: TransportError) {
        switch error {
        case .tls(let text): self = .unavailable("Microsoft's service: \(text)")
        case .unreachable, .timedOut, .tooLarge, .refused, .failed:
            self = .outcomeUnknown("Microsoft Graph: \(error)")
        }
    }
}
