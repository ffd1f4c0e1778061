import Model
import Observability
import Platform
import SQL

/// Hands the messages of an outbox over, with a lane for each channel. Several replicas may run one each on the same
/// database: a lease keeps them from sending the same message at once.
public final class OutboxWorker: Sendable {
    private static let countInterval = Duration.seconds(15)
    /// Of the counts, every so many-th also wipes what was forgotten.
    private static let countsPerUpkeep = 40

    private let database: any Database
    private let outbox: Outbox
    private let lanes: [MessageChannelKind: DeliveryLane]
    private let report: DeliveryReport

    /// A worker on one database. A message for a channel that is not there is given up with a reason.
    public init(
        database: any Database, outbox: Outbox, channels: [MessageChannelKind: any MessageChannel], log: Log,
        metrics: Metrics
    ) {
        let report = DeliveryReport(log: log, metrics: metrics)
        self.database = database
        self.outbox = outbox
        self.report = report
        var lanes: [MessageChannelKind: DeliveryLane] = [:]
        for kind in MessageChannelKind.allCases {
            lanes[kind] = DeliveryLane(
                database: database, outbox: outbox, kind: kind, channel: channels[kind], report: report)
        }
        self.lanes = lanes
    }

    /// Delivers until the task is cancelled; then takes nothing new and returns once what is under way has ended,
    /// which is at the latest after the channel's deadline.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            for lane in lanes.values { group.addTask { await lane.run() } }
            group.addTask { await self.keepUp() }
        }
    }

    /// Says that something was enqueued or released and is committed.
    public func wake() {
        for lane in lanes.values { lane.wake() }
    }

    /// Delivers what is due now and returns.
    func drain() async {
        for kind in MessageChannelKind.allCases { await lanes[kind]?.drain() }
    }

    /// Wipes messages that were held and forgotten.
    func wipeForgotten() async {
        _ = try? await database.write { [outbox] transaction in try outbox.endForgotten(in: transaction) }
    }

    /// Counts what waits.
    func count() async {
        for kind in MessageChannelKind.allCases {
            let backlog = try? await database.read { [outbox] connection in try outbox.backlog(kind, connection) }
            if let backlog { report.queue(kind, holds: backlog) }
        }
    }

    private func keepUp() async {
        var round = 0
        while !Task.isCancelled {
            if round % Self.countsPerUpkeep == 0 { await wipeForgotten() }
            await count()
            round = (round + 1) % Self.countsPerUpkeep
            await outbox.clock.sleep(for: Self.countInterval)
        }
    }
}
