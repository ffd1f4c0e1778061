import Model
import StrictJSON

extension GraphClient {
    /// Requests of one batch at most ("Combine multiple HTTP requests using JSON batching").
    static let batchSize = 20

    /// Sends up to ``batchSize`` reads at once; the answers in the order of the requests. Those that Graph wants to be
    /// asked later are, alone.
    func batch(_ requests: [GraphRequest], within deadline: CallDeadline) async throws(StoreError) -> [GraphAnswer] {
        var answers: [Int: GraphAnswer] = [:]
        var open = Array(requests.indices)
        for attempt in 0..<5 where !open.isEmpty {
            let found = try await exchange(open.map { ($0, requests[$0]) }, within: deadline)
            var later: (error: GraphError, span: Duration)?
            for index in open {
                guard let answer = found[index] else { throw .malformed("a batch of Microsoft Graph lacks an answer") }
                answers[index] = answer
                guard answer.asksToWait else { continue }
                later = (answer.error, max(later?.span ?? .zero, answer.retryAfter ?? .seconds(1 << attempt)))
            }
            open = open.filter { answers[$0]?.asksToWait == true }
            if let later { try await wait(later.span, later.error, within: deadline) }
        }
        if let first = open.first, let answer = answers[first] { throw answer.error.forReading }
        return requests.indices.compactMap { answers[$0] }
    }

    private func exchange(
        _ requests: [(index: Int, request: GraphRequest)], within deadline: CallDeadline
    ) async throws(StoreError) -> [Int: GraphAnswer] {
        let parts = requests.map { index, request in
            JSON.object([
                "id": .string(String(index)), "method": .string(request.method), "url": .string(request.batchURL),
                "body": request.body,
                "headers": request.body == nil ? nil : .object(["Content-Type": "application/json"]),
            ])
        }
        let body = try await read(.ask("/$batch", .object(["requests": .array(parts)])), within: deadline)
        var answers: [Int: GraphAnswer] = [:]
        for part in body?["responses"]?.arrayValue ?? [] {
            guard let index = part["id"]?.stringValue.flatMap({ Int($0) }), let answer = GraphAnswer(batched: part)
            else { continue }
            answers[index] = answer
        }
        return answers
    }
}

extension GraphRequest {
    /// Without host and version, as a batch wants it.
    fileprivate var batchURL: String {
        switch target {
        case .path(let path): path
        case .link(let link): link.url
        }
    }
}
