import Crypto
import Messaging
import Model
import Observability
import Platform
import SQL
import TestSupport

@testable import Messaging

/// An outbox in a database of its own, with a clock that stands still.
struct OutboxFixture {
    let folder = TemporaryFolder()
    let store: TestDatabase
    let clock = FixedClock()
    let outbox: Outbox
    let channel = RecordingChannel(kind: .email)
    let smsChannel = RecordingChannel(kind: .sms)
    let lines = Lock<[String]>([])
    let metrics = Metrics()

    var database: any Database { store.database }

    init(_ engine: Dialect = .sqlite, smsPolicy: SMSPolicy = SMSPolicy(allowedPrefixes: ["+1"])) async throws {
        store = try TestDatabase(engine)
        try Keyring.create(folder: folder.file("keys"))
        outbox = try Self.outbox(keys: folder.file("keys"), clock: clock, smsPolicy: smsPolicy)
        try await Migrator.migrate(store.database, Outbox.migrations, component: Outbox.component, now: clock.now())
    }

    static func outbox(keys: String, clock: any Clock, smsPolicy: SMSPolicy) throws -> Outbox {
        Outbox(
            keyring: try Keyring(folder: keys), clock: clock, random: SystemRandom(), templates: try Templates(),
            smsPolicy: smsPolicy)
    }

    var log: Log {
        Log(
            service: "test",
            sink: { [lines] line in lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } })
    }

    func worker(
        channels: [MessageChannelKind: any MessageChannel]? = nil, outbox other: Outbox? = nil
    ) -> OutboxWorker {
        OutboxWorker(
            database: database, outbox: other ?? outbox,
            channels: channels ?? [.email: channel, .sms: smsChannel], log: log, metrics: metrics)
    }

    func enqueue(_ messages: OutboxMessage...) async throws {
        try await database.write { [outbox] transaction in
            for message in messages { try outbox.enqueue(message, in: transaction) }
        }
    }

    func status(_ id: String) async throws -> DeliveryStatus? {
        try await database.read { [outbox] connection in
            try MessageID(id).flatMap { try outbox.status(of: $0, connection) }
        }
    }

    func sealed(_ id: String) async throws -> [UInt8]? {
        try await database.read { connection in
            try connection.queryOne("SELECT sealed FROM outbox WHERE id = $1", [.text(id)])?.optionalBlob(0)
        }
    }
}

/// Takes every message, or fails as told, and remembers.
final class RecordingChannel: MessageChannel {
    let kind: MessageChannelKind
    private let state = Lock<(errors: [DeliveryError], always: DeliveryError?, taken: [RenderedMessage])>(([], nil, []))

    init(kind: MessageChannelKind) {
        self.kind = kind
    }

    var delivered: [RenderedMessage] { state.withLock { $0.taken } }
    var ids: [String] { delivered.map(\.id.text) }

    func fail(_ errors: DeliveryError...) { state.withLock { $0.errors = errors } }
    func failAlways(_ error: DeliveryError?) { state.withLock { $0.always = error } }

    func deliver(_ message: RenderedMessage) async throws(DeliveryError) {
        try state.withLock { state throws(DeliveryError) in
            if let error = state.always { throw error }
            if !state.errors.isEmpty { throw state.errors.removeFirst() }
            state.taken.append(message)
        }
    }
}

extension OutboxMessage {
    static func code(
        _ id: String, to address: String = "jane.doe@example.org", channel: MessageChannelKind = .email,
        expires: Timestamp? = nil, group: String? = "verification-1"
    ) -> OutboxMessage {
        var message = OutboxMessage(
            id: identifier(id), kind: .accessCode, channel: channel, address: address,
            fields: ["action": "resetPassword", "code": "31415926", "minutes": "10"])
        message.expires = expires
        message.group = group
        return message
    }

    static func password(
        _ id: String, _ password: String, to address: String = "jane.doe@example.org", held: Bool = false
    ) -> OutboxMessage {
        var message = OutboxMessage(
            id: identifier(id), kind: .newPassword, channel: .email, address: address,
            fields: ["login": "jdoe", "store": "Staff", "password": password, "mustChange": "true"])
        message.group = "operation-1"
        message.held = held
        return message
    }

    static func notice(_ id: String, to address: String = "jane.doe@example.org") -> OutboxMessage {
        OutboxMessage(
            id: identifier(id), kind: .accountUnlocked, channel: .email, address: address,
            fields: ["login": "jdoe", "store": "Staff"])
    }

    private static func identifier(_ text: String) -> MessageID {
        guard let id = MessageID(text) else { preconditionFailure("not an id: \(text)") }
        return id
    }
}
