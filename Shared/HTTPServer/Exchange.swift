import CMicroHTTPD
import Model
import Observability
import Platform
import Web

/// One request and its answer, from the request line to the last byte sent.
///
/// libmicrohttpd calls in on the connection's thread: with the head, with pieces of the body, at the end of the body, and
/// again when the answer is ready. The handler is started on that thread (`Task.immediate`): one that never waits has
/// answered when it returns. Otherwise the connection is suspended until the handler is done.
///
/// `@unchecked Sendable`: what is not under `outcome` is touched by the connection's thread only, and the library lets no
/// two threads near one connection.
final class Exchange: @unchecked Sendable {
    private enum Step {
        case begun
        case receiving(RequestHead)
        case handling
        case answered
    }

    private enum Outcome {
        case running
        /// The connection is suspended; the task is there to be canceled.
        case suspended(Task<Void, Never>)
        case ready(Response)
        case taken
    }

    private let core: ServerCore
    private let connection: OpaquePointer
    private let record: HTTPConnection
    private let target: UnsafePointer<CChar>
    private let targetText: String
    private var step = Step.begun
    private var body: [UInt8] = []
    private var received = 0
    private var isCounted = false
    private let outcome = Lock(Outcome.running)
    private var id: RequestID?
    private var pipe: BodyPipe?

    init(_ core: ServerCore, _ connection: OpaquePointer, _ record: HTTPConnection, target: UnsafePointer<CChar>) {
        self.core = core
        self.connection = connection
        self.record = record
        self.target = target
        targetText = String(cString: target)
    }

    /// One call of the library's access handler.
    func advance(
        method: UnsafePointer<CChar>, version: UnsafePointer<CChar>, piece: UnsafePointer<CChar>?, size: inout Int
    ) -> MHD_Result {
        switch step {
        case .begun:
            return begin(method, version)
        case .receiving(let head):
            if size > 0 { return receive(UnsafeRawBufferPointer(start: piece, count: size), &size) }
            return received > core.settings.maximumBody ? refuse(.bodyTooLarge) : start(head)
        case .handling:
            return deliver()
        case .answered:
            size = 0
            return .YES
        }
    }

    /// The library is done with the request, answered or not.
    func end() {
        pipe?.breakOff()
        pipe = nil
        if isCounted { core.ended() }
        record.enter(.idle)
    }

    /// Answers 503 in the handler's place and cancels it.
    func expire(_ id: RequestID) {
        core.expired(id)
        finish(Response.problem(.deadlinePassed, requestID: id).standardized(requestID: id))
    }

    private func begin(_ method: UnsafePointer<CChar>, _ version: UnsafePointer<CChar>) -> MHD_Result {
        guard core.began() else { return .NO }
        isCounted = true
        let line = HeadReader.RequestLine(
            method: method, target: target, targetText: targetText, version: version)
        do throws(Problem) {
            let limits = core.settings
            let head = try HeadReader(connection, line).read(
                maximumHead: limits.maximumHead, maximumURL: limits.maximumURL)
            try expect(head.body)
            step = .receiving(head)
            return .YES
        } catch {
            return refuse(error)
        }
    }

    private func expect(_ length: BodyLength) throws(Problem) {
        switch length {
        case .known(0):
            return
        case .known(let count):
            guard count <= core.settings.maximumBody else { throw .bodyTooLarge }
            body.reserveCapacity(count)
        case .chunked:
            break
        }
        record.enter(.body)
    }

    /// No answer may be queued while a body arrives: what is too much is counted and dropped, and far too much hung up on.
    private func receive(_ piece: UnsafeRawBufferPointer, _ size: inout Int) -> MHD_Result {
        size = 0
        received += piece.count
        guard received <= core.settings.maximumBody else {
            body = []
            return received <= 4 * core.settings.maximumBody ? .YES : .NO
        }
        body.append(contentsOf: piece)
        return .YES
    }

    private func start(_ head: RequestHead) -> MHD_Result {
        step = .handling
        let address = core.settings.behindProxy ? forwardedAddress(head.headers) : record.peer
        let request = Request(
            head.method, targetText, headers: head.headers, body: body, from: address, newID: core.ids.next())
        id = request.requestID
        record.enter(.handling(self, request.requestID))
        let task = Task.immediate { finish(await core.handler(request)) }
        let isReady = outcome.withLock { outcome in
            guard case .running = outcome else { return true }
            MHD_suspend_connection(connection)
            outcome = .suspended(task)
            return false
        }
        return isReady ? deliver() : .YES
    }

    /// The last address the proxy added; the proxy's own when it added none or something else (`X-Forwarded-For`).
    private func forwardedAddress(_ headers: Headers) -> String {
        guard let list = headers.values("X-Forwarded-For").last, let last = list.split(separator: ",").last else {
            return record.peer
        }
        let text = String(last.drop { $0 == " " })
        return isAddress(text) ? text : record.peer
    }

    /// Takes the first answer; a later one is dropped. Whoever takes the connection out of `suspended` resumes it, so
    /// that happens once, and a suspended connection is never freed.
    private func finish(_ response: Response) {
        let suspended: Task<Void, Never>? = outcome.withLock { outcome in
            switch outcome {
            case .running:
                outcome = .ready(response)
                return nil
            case .suspended(let task):
                outcome = .ready(response)
                return task
            case .ready, .taken:
                return nil
            }
        }
        guard let suspended else { return }
        suspended.cancel()
        MHD_resume_connection(connection)
    }

    private func deliver() -> MHD_Result {
        let response: Response? = outcome.withLock { outcome in
            guard case .ready(let response) = outcome else { return nil }
            outcome = .taken
            return response
        }
        guard let response else { return .NO }
        return queue(response, closing: core.isDraining)
    }

    /// Answers without the handler and closes the connection: what follows cannot be trusted to be a request.
    private func refuse(_ problem: Problem) -> MHD_Result {
        let id = core.ids.next()
        core.refused(problem, id)
        return queue(.problem(problem, requestID: id).standardized(requestID: id), closing: true)
    }

    private func queue(_ response: Response, closing: Bool) -> MHD_Result {
        step = .answered
        guard let stream = response.stream, core.began() else {
            record.enter(.answer)
            return send(response, over: connection, closing: closing)
        }
        let pipe = BodyPipe(wake: { [self] in MHD_resume_connection(connection) })
        self.pipe = pipe
        record.enter(.streaming(pipe))
        produce(stream, into: pipe)
        return send(response, from: pipe, over: connection, closing: closing)
    }

    /// Runs the maker beside the connection. It counts like a request: a drain waits for it, so that it can put down how
    /// far it came.
    private func produce(_ stream: BodyStream, into pipe: BodyPipe) {
        let (core, id) = (core, id ?? core.ids.next())
        Task {
            await RequestContext.$requestID.withValue(id) {
                do {
                    try await stream.produce(pipe)
                    pipe.finish()
                } catch {
                    pipe.breakOff()
                    if !(error is BodyPipeClosed) { core.streamFailed(error, id) }
                }
            }
            core.ended()
        }
    }
}
