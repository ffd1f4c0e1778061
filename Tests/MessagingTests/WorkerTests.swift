import Model
import Platform
import SQL
import TestSupport
import Testing

@testable import Messaging

/// The worker as a service runs it, on the machine's clock.
@Suite struct WorkerTests {
    private func running(
        _ fixture: OutboxFixture, channels: [MessageChannelKind: any MessageChannel]
    ) throws -> (OutboxWorker, Task<Void, Never>) {
        let outbox = try OutboxFixture.outbox(
            keys: fixture.folder.file("keys"), clock: SystemClock(), smsPolicy: fixture.outbox.smsPolicy)
        let worker = fixture.worker(channels: channels, outbox: outbox)
        return (worker, Task { await worker.run() })
    }

    @Test func `a worker that is woken delivers at once`() async throws {
        let fixture = try await OutboxFixture()
        let (worker, task) = try running(fixture, channels: [.email: fixture.channel])
        // Without being woken the worker would look every 15 s, later than each wait gives up.
        for number in 1...5 {
            try await fixture.enqueue(.notice("m\(number)"))
            worker.wake()
            try await waitUntil("delivery \(number)", within: .seconds(14)) { fixture.channel.ids.count == number }
        }
        task.cancel()
        await task.value
    }

    @Test func `a failed message is tried again without being woken`() async throws {
        let fixture = try await OutboxFixture()
        fixture.channel.fail(.temporary(reason: "unreachable"))
        try await fixture.enqueue(.notice("m1"))
        let (_, task) = try running(fixture, channels: [.email: fixture.channel])
        try await waitUntil("second try") { fixture.channel.ids == ["m1"] }
        task.cancel()
        await task.value
        #expect(try await fixture.status("m1")?.attempts == 2)
    }

    @Test func `stopping takes nothing new and finishes what is under way`() async throws {
        let fixture = try await OutboxFixture()
        let gate = GateChannel(kind: .email)
        let count = DeliveryLane.slots + 3
        for number in 1...count { try await fixture.enqueue(.notice("m\(number)")) }
        let (_, task) = try running(fixture, channels: [.email: gate])
        try await waitUntil("all slots busy") { gate.waiting == DeliveryLane.slots }
        task.cancel()
        gate.open()
        await task.value
        var states: [DeliveryState?] = []
        for number in 1...count { states.append(try await fixture.status("m\(number)")?.state) }
        #expect(states.count { $0 == .sent } == DeliveryLane.slots)
        #expect(states.count { $0 == .ready } == 3)
    }

    @Test func `a gateway that hangs holds up no mail`() async throws {
        let fixture = try await OutboxFixture()
        let gate = GateChannel(kind: .sms)
        let (worker, task) = try running(fixture, channels: [.sms: gate, .email: fixture.channel])
        for number in 1...20 {
            try await fixture.enqueue(.code("s\(number)", to: "+12025550100", channel: .sms))
        }
        worker.wake()
        try await waitUntil("the gateway hangs") { gate.waiting == DeliveryLane.slots }
        try await fixture.enqueue(.code("m1"))
        worker.wake()
        try await waitUntil("mail") { fixture.channel.ids == ["m1"] }
        gate.open()
        try await waitUntil("SMS") { gate.delivered == 20 }
        task.cancel()
        await task.value
    }

    /// CR-05: replicas share the queue.
    @Test(arguments: Dialect.allCases)
    func `two workers on one database send each message once`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        let second = try fixture.store.openAgain()
        let count = 200
        try await fixture.database.write { [outbox = fixture.outbox] transaction in
            for number in 1...count { try outbox.enqueue(.notice("m\(number)"), in: transaction) }
        }
        let outbox = try OutboxFixture.outbox(
            keys: fixture.folder.file("keys"), clock: SystemClock(), smsPolicy: fixture.outbox.smsPolicy)
        let workers = [fixture.database, second].map { database in
            OutboxWorker(
                database: database, outbox: outbox, channels: [.email: fixture.channel], log: fixture.log,
                metrics: fixture.metrics)
        }
        let tasks = workers.map { worker in Task { await worker.run() } }
        try await waitUntil("all delivered", within: .seconds(60)) { fixture.channel.ids.count >= count }
        for task in tasks {
            task.cancel()
            await task.value
        }
        #expect(fixture.channel.ids.count == count)
        #expect(Set(fixture.channel.ids).count == count)
    }
}

/// Keeps deliveries waiting until it is opened.
private final class GateChannel: MessageChannel {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var delivered = 0
    }

    let kind: MessageChannelKind
    private let state = Lock(State())

    init(kind: MessageChannelKind) {
        self.kind = kind
    }

    var waiting: Int { state.withLock { $0.waiting.count } }
    var delivered: Int { state.withLock { $0.delivered } }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func deliver(_ message: RenderedMessage) async throws(DeliveryError) {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
        state.withLock { $0.delivered += 1 }
    }
}
