import AuthAPI
import StrictJSON
import Transport

/// Takes an HTTP answer of the auth service apart. What is not clearly its answer is `malformedAnswer`.
struct AuthAnswer: Sendable {
    private static let standardRetry = Duration.seconds(5)

    let response: HTTPResponse

    /// The value of a success.
    func value<Value: WireType>(_: Value.Type = Value.self) throws(CallerVerificationError) -> Value {
        try checkSuccess()
        guard isType("application/json") else { throw .malformedAnswer("the content type is not JSON") }
        do throws(JSONError) {
            return try Value(bytes: response.body)
        } catch {
            throw .malformedAnswer("\(Value.self): \(error.pointer) \(error.reason)")
        }
    }

    /// The JSON of a success, whatever it holds.
    func json() throws(CallerVerificationError) -> JSON {
        try checkSuccess()
        guard isType("application/json") else { throw .malformedAnswer("the content type is not JSON") }
        do throws(JSONError) {
            return try JSON.parse(response.body)
        } catch {
            throw .malformedAnswer("\(error.pointer) \(error.reason)")
        }
    }

    /// A success as it stands, to be handed to whoever asked.
    func passedOn() throws(CallerVerificationError) -> AdministrationAnswer {
        try checkSuccess()
        return AdministrationAnswer(
            status: response.status, body: response.body.isEmpty ? nil : try json(), tag: response.header("ETag"))
    }

    /// Anything but a success is an error.
    func checkSuccess() throws(CallerVerificationError) {
        switch response.status {
        case 200...299: return
        case 400...499: throw try refusal()
        case 500...599: throw .unavailable(retryAfter: retryAfter)
        default: throw .malformedAnswer("status \(response.status)")
        }
    }

    private var retryAfter: Duration {
        guard let text = response.header("Retry-After"), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let seconds = Int(text), (1...3_600).contains(seconds)
        else { return Self.standardRetry }
        return .seconds(seconds)
    }

    private func refusal() throws(CallerVerificationError) -> CallerVerificationError {
        guard isType("application/problem+json"), let body = try? JSON.parse(response.body),
            let code = body["code"]?.stringValue, let title = body["title"]?.stringValue,
            case .object(let members) = body, body["status"]?.integerValue == Int64(response.status)
        else { throw .malformedAnswer("status \(response.status) without a problem document") }
        let standard = ["type", "title", "status", "detail", "code", "requestId", "pointer"]
        return .refused(
            AuthRefusal(
                status: response.status, code: code, title: title, detail: body["detail"]?.stringValue,
                pointer: body["pointer"]?.stringValue, retryAfter: response.header("Retry-After"),
                extra: members.filter { member in !standard.contains { $0 == member.name } }))
    }

    private func isType(_ name: String) -> Bool {
        guard let text = response.header("Content-Type") else { return false }
        let type = text.split(separator: ";", maxSplits: 1).first ?? ""
        return type.trimmingSpaces.lowercased() == name
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        var rest = self
        while rest.utf8.first == 0x20 { rest = rest.dropFirst() }
        while rest.utf8.last == 0x20 { rest = rest.dropLast() }
        return rest
    }
}
