import Model
import Observability

/// Tells logs and metrics how deliveries go: ids, kinds and codes, never an address or a word of a message (PR-02).
struct DeliveryReport: Sendable {
    private let log: Log
    private let queued: Gauge
    private let oldest: Gauge
    private let givenUp: Gauge
    private let sent: Counter
    private let failed: Counter
    private let ended: Counter

    init(log: Log, metrics: Metrics) {
        self.log = log
        queued = metrics.gauge(
            "latchkey_messages_queued", "Messages that wait or are being sent.", labels: ["channel"])
        oldest = metrics.gauge(
            "latchkey_messages_oldest_seconds", "How long the oldest message that waits has been waiting.",
            labels: ["channel"])
        givenUp = metrics.gauge(
            "latchkey_messages_given_up", "Messages given up or too late that an administrator has not deleted.",
            labels: ["channel"])
        sent = metrics.counter(
            "latchkey_messages_sent_total", "Messages a mail server or gateway took.", labels: ["channel"])
        failed = metrics.counter(
            "latchkey_messages_failed_total", "Tries to send that failed.", labels: ["channel"])
        ended = metrics.counter(
            "latchkey_messages_dead_total", "Messages given up or too late.", labels: ["channel", "state"])
    }

    func queue(_ channel: MessageChannelKind, holds backlog: Outbox.Backlog) {
        queued.set(backlog.queued, channel.rawValue)
        oldest.set(Double(backlog.oldest.wholeMicroseconds) / 1_000_000, channel.rawValue)
        givenUp.set(backlog.givenUp, channel.rawValue)
    }

    func settled(_ settlement: Settlement, _ channel: MessageChannelKind) {
        if settlement.error != nil { failed.add(1, channel.rawValue) }
        switch settlement.state {
        case .sent:
            sent.add(1, channel.rawValue)
            log.info("message.sent", fields(settlement, channel))
        case .dead, .expired:
            ended.add(1, channel.rawValue, settlement.state.rawValue)
            log.warning("message.not_sent", fields(settlement, channel))
        case .held, .ready, .sending, .discarded:
            guard let error = settlement.error, case .misconfigured = error else {
                log.warning("message.delayed", fields(settlement, channel))
                return
            }
            log.error("message.channel_misconfigured", fields(settlement, channel))
        }
    }

    func leaseLost(_ id: MessageID) {
        log.warning("message.lease_lost", ["message": LogValue(id)])
    }

    func outcomeNotRecorded(_ id: MessageID, wasSent: Bool) {
        log.error("message.outcome_not_recorded", ["message": LogValue(id), "sent": LogValue(wasSent)])
    }

    func databaseFailed(_ channel: MessageChannelKind) {
        log.warning("message.queue_unreadable", ["channel": LogValue(channel.rawValue)])
    }

    private func fields(
        _ settlement: Settlement, _ channel: MessageChannelKind
    ) -> KeyValuePairs<String, LogValue> {
        [
            "message": LogValue(settlement.id), "kind": LogValue(settlement.kind.rawValue),
            "channel": LogValue(channel.rawValue), "state": LogValue(settlement.state.rawValue),
            "attempts": LogValue(settlement.attempts), "reason": LogValue(settlement.error?.reason),
        ]
    }
}
