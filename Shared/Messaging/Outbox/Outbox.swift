import Crypto
import Model
import Platform
import SQL

/// Messages wait here from the transaction that decided on them until a worker has handed them over (CR-05).
///
/// Address, subject and text are sealed with a key outside the database, bound to the message's id, and wiped once the
/// message is sent, dead, expired or discarded (PW-03). What stays is the masked address and how it went.
public struct Outbox: Sendable {
    let keyring: Keyring
    let clock: any Clock
    let random: any RandomSource
    /// The words of the messages.
    public let templates: Templates
    /// Where SMS may go and how many a day (RL-04).
    public let smsPolicy: SMSPolicy

    /// An outbox of one service; it has no state of its own.
    ///
    /// - Parameter smsPolicy: allows no SMS unless told otherwise.
    public init(
        keyring: Keyring, clock: any Clock, random: any RandomSource, templates: Templates,
        smsPolicy: SMSPolicy = SMSPolicy(allowedPrefixes: [])
    ) {
        self.keyring = keyring
        self.clock = clock
        self.random = random
        self.templates = templates
        self.smsPolicy = smsPolicy
    }

    /// Adds a message to the caller's transaction: it is sent if and only if that commits. Wake the worker afterwards.
    ///
    /// The words are chosen here, so a message with a wrong field is refused before anything is done.
    public func enqueue(_ message: OutboxMessage, in transaction: Transaction) throws(OutboxError) {
        guard isAddress(message.address, of: message.channel) else { throw .badAddress }
        let now = clock.now()
        do {
            let sealed = try SealedContent.seal(
                templates.render(message, at: now), of: message.id, with: keyring)
            try insert(message, sealed: sealed, now: now, in: transaction)
        } catch let error as TemplateError {
            throw .template(error)
        } catch let error as DatabaseError {
            throw .database(error)
        } catch {
            throw .sealing
        }
    }

    /// Lets the held messages of a verification or operation go; answers how many. Wake the worker after the commit.
    @discardableResult
    public func release(group: String, in transaction: Transaction) throws(DatabaseError) -> Int {
        try transaction.execute(
            """
            UPDATE outbox SET state = 'ready', queued_at = $2, due_at = $2
            WHERE message_group = $1 AND state = 'held'
            """, [.text(group), SQLValue(clock.now())])
    }

    /// Wipes the messages of a verification or operation that have not gone out; answers how many. One that a worker
    /// is just handing over is not recalled.
    @discardableResult
    public func discard(group: String, in transaction: Transaction) throws(DatabaseError) -> Int {
        try transaction.execute(
            """
            UPDATE outbox SET state = 'discarded', sealed = NULL, due_at = NULL, finished_at = $2
            WHERE message_group = $1 AND state IN ('held', 'ready')
            """, [.text(group), SQLValue(clock.now())])
    }

    private func insert(
        _ message: OutboxMessage, sealed: [UInt8], now: Timestamp, in transaction: Transaction
    ) throws(DatabaseError) {
        let ready: Timestamp? = message.held ? nil : now
        try transaction.execute(
            """
            INSERT INTO outbox (id, kind, channel, message_group, masked, sealed, state, urgency, attempts, created_at,
                queued_at, due_at, expires_at, language)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $10, $11, $12)
            """,
            [
                SQLValue(message.id), .text(message.kind.rawValue), .text(message.channel.rawValue),
                SQLValue(message.group), .text(message.channel.masked(message.address)), .blob(sealed),
                .text((message.held ? DeliveryState.held : .ready).rawValue),
                SQLValue(message.kind.isUrgent ? 0 : 1), SQLValue(now), SQLValue(ready), SQLValue(message.expires),
                SQLValue(message.language),
            ])
    }
}

/// Why a message was not taken.
public enum OutboxError: Error, Sendable, Equatable {
    /// No number (E.164) or mail address this program sends to.
    case badAddress
    /// The fields do not fit the kind.
    case template(TemplateError)
    /// The sealing key did not work.
    case sealing
    /// The database refused it.
    case database(DatabaseError)
}
