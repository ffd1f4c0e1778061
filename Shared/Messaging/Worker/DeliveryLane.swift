import Model
import Platform
import SQL

/// The deliveries of one channel: a slow gateway holds up nobody else's mail.
///
/// A lane asks how much is due and starts so many slots; a slot records how its last try went and takes the next
/// message in one transaction, until nothing is due.
final class DeliveryLane: Sendable {
    /// Deliveries at once. Twice the threads of a client, so that one half commits while the other sends.
    static let slots = 8
    /// A look at the queue without being woken, for messages of a replica that died.
    static let pollInterval = Duration.seconds(15)
    private static let pauseAfterFailure = Duration.seconds(1)
    private static let triesToRecord = 5

    private let database: any Database
    private let outbox: Outbox
    private let kind: MessageChannelKind
    private let channel: (any MessageChannel)?
    private let report: DeliveryReport
    private let signal = WakeSignal()
    private let busy = Lock(0)

    init(
        database: any Database, outbox: Outbox, kind: MessageChannelKind, channel: (any MessageChannel)?,
        report: DeliveryReport
    ) {
        self.database = database
        self.outbox = outbox
        self.kind = kind
        self.channel = channel
        self.report = report
    }

    func wake() { signal.wake() }

    /// Delivers until the task is cancelled, then finishes what is under way.
    func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let (slots, pause) = await plan()
                for _ in 0..<slots {
                    busy.withLock { $0 += 1 }
                    group.addTask { await self.work() }
                }
                await signal.wait(for: pause, outbox.clock)
            }
        }
    }

    /// Delivers what is due, one after the other; answers whether there was anything.
    @discardableResult
    func drain() async -> Bool {
        var finished = await next(after: nil)
        let found = finished != nil
        while finished != nil { finished = await next(after: finished) }
        return found
    }

    private func work() async {
        let found = await drain()
        busy.withLock { $0 -= 1 }
        // A failed message may be due before the lane meant to look again. A slot that found nothing wakes nobody: what
        // was counted as due is in another replica's hands, or the database is in trouble, and asking at once would spin.
        if found { signal.wake() }
    }

    /// How many slots to start, and how long to wait before looking again.
    private func plan() async -> (slots: Int, pause: Duration) {
        do {
            let survey = try await database.read { [outbox, kind] connection in
                try outbox.survey(kind, limit: Self.slots, connection)
            }
            let free = Self.slots - busy.withLock { $0 }
            let untilNext = survey.next.map { $0 - outbox.clock.now() } ?? Self.pollInterval
            return (min(survey.due, free), max(.milliseconds(1), min(untilNext, Self.pollInterval)))
        } catch {
            report.databaseFailed(kind)
            return (0, Self.pauseAfterFailure)
        }
    }

    /// Records the last try, takes the next message and tries it; `nil` when there is none or the lane is to stop.
    private func next(after finished: FinishedTry?) async -> FinishedTry? {
        guard let exchange = await exchange(finished) else { return nil }
        if let finished { tell(finished, exchange.settlement) }
        switch exchange.claim {
        case .nothing: return nil
        case .set(let settlement):
            report.settled(settlement, kind)
            return .nothingToRecord
        case .deliver(let claimed):
            return .tried(claimed, await attempt(claimed))
        }
    }

    private func attempt(_ claimed: ClaimedMessage) async -> DeliveryError? {
        guard let channel else { return .permanent(reason: "channel_not_configured") }
        do throws(DeliveryError) {
            try await channel.deliver(claimed.message)
            return nil
        } catch {
            return error
        }
    }

    /// One transaction; tried again while somebody waits for its outcome, because a lost outcome is a second message.
    private func exchange(_ finished: FinishedTry?) async -> Exchange? {
        for attempt in 1...Self.triesToRecord {
            let isStopping = Task.isCancelled
            do {
                return try await database.write { [outbox, kind] transaction in
                    var settlement: Settlement?
                    if case .tried(let claimed, let error)? = finished {
                        settlement = try outbox.settle(claimed, error, in: transaction)
                    }
                    let claim = isStopping ? Claim.nothing : try outbox.claim(kind, in: transaction)
                    return Exchange(settlement: settlement, claim: claim)
                }
            } catch {
                guard case .tried? = finished, attempt < Self.triesToRecord else { break }
                await outbox.clock.sleep(for: Self.pauseAfterFailure)
            }
        }
        if case .tried(let claimed, let error)? = finished {
            report.outcomeNotRecorded(claimed.message.id, wasSent: error == nil)
        }
        report.databaseFailed(kind)
        return nil
    }

    private func tell(_ finished: FinishedTry, _ settlement: Settlement?) {
        guard case .tried(let claimed, _) = finished else { return }
        if let settlement {
            report.settled(settlement, kind)
        } else {
            report.leaseLost(claimed.message.id)
        }
    }
}

private enum FinishedTry: Sendable {
    case tried(ClaimedMessage, DeliveryError?)
    case nothingToRecord
}

private struct Exchange: Sendable {
    let settlement: Settlement?
    let claim: Claim
}
