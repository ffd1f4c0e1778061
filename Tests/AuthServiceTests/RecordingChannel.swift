import Messaging
import Model
import Platform

/// A channel that keeps what it is given; its copies share one list.
final class RecordingChannel: MessageChannel {
    let kind: MessageChannelKind
    private let list: Lock<[RenderedMessage]>

    init(_ kind: MessageChannelKind, _ list: Lock<[RenderedMessage]>) {
        self.kind = kind
        self.list = list
    }

    func deliver(_ message: RenderedMessage) async throws(DeliveryError) {
        list.withLock { $0.append(message) }
    }
}
