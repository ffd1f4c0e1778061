import Model
import Platform
import SQL

extension Outbox {
    /// How long a worker may hold a message: longer than any channel's deadline, short enough that a code still
    /// arrives in time when the worker died with it.
    static let lease = Duration.seconds(60)
    /// What somebody waits for, then the rest.
    private static let urgencies = [0, 1]

    /// Takes the most urgent message that is due. Committed before the message is sent: if the worker dies, the lease
    /// lapses and another sends it, perhaps a second time, with the same id (CR-05).
    func claim(_ channel: MessageChannelKind, in transaction: Transaction) throws(DatabaseError) -> Claim {
        let now = clock.now()
        guard let row = try nextDue(channel, now, in: transaction) else { return .nothing }
        let facts = AttemptFacts(
            attempts: Int(clamping: try row.integer(3)) + 1, queued: try row.optionalTimestamp(5) ?? now,
            expires: try row.optionalTimestamp(6))
        let due = DueMessage(
            id: try row.parsed(0) { MessageID($0) }, kind: try row.parsed(1) { MessageKind(rawValue: $0) },
            channel: channel, sealed: try row.optionalBlob(2) ?? [], created: try row.timestamp(4), facts: facts)
        if let expires = facts.expires, expires <= now {
            return .set(aside: try end(due, .expired, nil, in: transaction))
        }
        guard let content = SealedContent.open(due.sealed, of: due.id, with: keyring) else {
            return .set(aside: try postpone(due, .misconfigured(reason: "sealed_content_unreadable"), in: transaction))
        }
        if channel == .sms, let refusal = try smsRefusal(content.to, now, in: transaction) {
            return .set(aside: try postpone(due, refusal, in: transaction))
        }
        return .deliver(try lease(due, content, now, in: transaction))
    }

    /// Records how a try went; `nil` when the lease had lapsed and somebody else has the message now.
    func settle(
        _ claimed: ClaimedMessage, _ error: DeliveryError?, in transaction: Transaction
    ) throws(DatabaseError) -> Settlement? {
        let now = clock.now()
        let step: NextStep
        if let error {
            step = .after(error, of: claimed.facts, delay: delay(claimed.facts.attempts, error), now: now)
        } else {
            step = .end(.sent)
        }
        let message = claimed.message
        let change = RowChange(id: message.id, step: step, error: error, attempts: claimed.facts.attempts)
        guard try record(change, lease: claimed.lease, now, in: transaction) else { return nil }
        return Settlement(
            id: message.id, kind: message.kind, state: step.state, attempts: claimed.facts.attempts, error: error)
    }

    static let nextDueQuery = """
        SELECT id, kind, sealed, attempts, created_at, queued_at, expires_at FROM outbox
        WHERE channel = $1 AND urgency = $2 AND due_at <= $3 AND \(isKnownKind) ORDER BY due_at LIMIT 1
        """

    /// One question an urgency: asked for both at once, the engines sort everything that is due to find the first.
    private func nextDue(
        _ channel: MessageChannelKind, _ now: Timestamp, in transaction: Transaction
    ) throws(DatabaseError) -> Row? {
        for urgency in Self.urgencies {
            let rows = try transaction.query(
                Self.nextDueQuery + transaction.dialect.forUpdateSkipLocked,
                [.text(channel.rawValue), SQLValue(urgency), SQLValue(now)])
            if let row = rows.first { return row }
        }
        return nil
    }

    private func lease(
        _ due: DueMessage, _ content: MessageContent, _ now: Timestamp, in transaction: Transaction
    ) throws(DatabaseError) -> ClaimedMessage {
        let lease: Identifier<LeaseKind> = random.identifier()
        let ends = now + Self.lease
        try transaction.execute(
            """
            UPDATE outbox SET state = 'sending', attempts = $2, lease = $3, due_at = $4, tried_at = $5 WHERE id = $1
            """,
            [SQLValue(due.id), SQLValue(due.facts.attempts), SQLValue(lease), SQLValue(ends), SQLValue(now)])
        let message = RenderedMessage(
            id: due.id, kind: due.kind, channel: due.channel, content: content, created: due.created)
        return ClaimedMessage(message: message, facts: due.facts, lease: lease.text, leaseEnds: ends)
    }

    /// RL-04: an SMS to a country that is not allowed never goes; one over the budget waits for tomorrow. Counted
    /// before it is sent, and at every try: what a gateway charges for a lost answer is not known.
    private func smsRefusal(
        _ number: String, _ now: Timestamp, in transaction: Transaction
    ) throws(DatabaseError) -> DeliveryError? {
        guard smsPolicy.allows(number) else { return .permanent(reason: "sms_country_not_allowed") }
        let today = day(of: now)
        let counted =
            smsPolicy.dailyBudget > 0
            ? try transaction.execute(
                """
                INSERT INTO sms_budget (day, sent) VALUES ($1, 1)
                ON CONFLICT (day) DO UPDATE SET sent = sms_budget.sent + 1 WHERE sms_budget.sent < $2
                """, [SQLValue(today), SQLValue(smsPolicy.dailyBudget)])
            : 0
        guard counted == 0 else { return nil }
        let tomorrow = Timestamp(seconds: (today + 1) * 86_400)
        return .temporary(reason: "sms_budget_exhausted", retryAfter: tomorrow - now)
    }

    /// Sets a message aside that was not tried.
    private func postpone(
        _ due: DueMessage, _ error: DeliveryError, in transaction: Transaction
    ) throws(DatabaseError) -> Settlement {
        let now = clock.now()
        let step: NextStep
        switch error {
        case .permanent: step = .end(.dead)
        case .temporary(_, let span): step = .waiting(until: now + (span ?? BackOff.longest), due.facts, now: now)
        case .misconfigured: step = .waiting(until: now + BackOff.longest, due.facts, now: now)
        }
        return try apply(step, error, to: due, in: transaction)
    }

    private func end(
        _ due: DueMessage, _ state: DeliveryState, _ error: DeliveryError?, in transaction: Transaction
    ) throws(DatabaseError) -> Settlement {
        try apply(.end(state), error, to: due, in: transaction)
    }

    private func apply(
        _ step: NextStep, _ error: DeliveryError?, to due: DueMessage, in transaction: Transaction
    ) throws(DatabaseError) -> Settlement {
        let attempts = due.facts.attempts - 1
        let change = RowChange(id: due.id, step: step, error: error, attempts: attempts)
        _ = try record(change, lease: nil, clock.now(), in: transaction)
        return Settlement(id: due.id, kind: due.kind, state: step.state, attempts: attempts, error: error)
    }

    /// Writes the next state; `false` when the lease given is no longer the row's.
    private func record(
        _ change: RowChange, lease: String?, _ now: Timestamp, in transaction: Transaction
    ) throws(DatabaseError) -> Bool {
        let (next, finished): (Timestamp?, Timestamp?) =
            switch change.step {
            case .again(let moment): (moment, nil)
            case .end: (nil, now)
            }
        // The body is wiped in the same statement that ends the message (PW-03).
        let changed = try transaction.execute(
            """
            UPDATE outbox SET state = $2, attempts = $3, last_error = COALESCE($4, last_error), due_at = CAST($5 AS BIGINT),
                lease = NULL,
                sealed = CASE WHEN CAST($5 AS BIGINT) IS NULL THEN NULL ELSE sealed END,
                finished_at = $6
            WHERE id = $1 AND (lease = $7 OR $7 IS NULL)
            """,
            [
                SQLValue(change.id), .text(change.step.state.rawValue), SQLValue(change.attempts),
                SQLValue(change.error?.reason), SQLValue(next), SQLValue(finished), SQLValue(lease),
            ])
        return changed == 1
    }

    private func delay(_ attempts: Int, _ error: DeliveryError) -> Duration {
        switch error {
        case .temporary(_, let asked): BackOff.delay(after: attempts, asked: asked, random: random)
        case .permanent, .misconfigured: BackOff.delay(after: attempts, asked: nil, random: random)
        }
    }
}

/// Marks the id of one lease.
enum LeaseKind {}

/// A row that is due, as it was read.
private struct DueMessage {
    let id: MessageID
    let kind: MessageKind
    let channel: MessageChannelKind
    let sealed: [UInt8]
    let created: Timestamp
    let facts: AttemptFacts
}

private struct RowChange {
    let id: MessageID
    let step: NextStep
    let error: DeliveryError?
    let attempts: Int
}

extension NextStep {
    var state: DeliveryState {
        switch self {
        case .again: .ready
        case .end(let state): state
        }
    }
}
