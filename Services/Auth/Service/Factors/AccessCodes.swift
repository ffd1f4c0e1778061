import Crypto
import Model
import Platform
import SQL

/// Makes and compares access codes, for verifications and for the confirmation of enrollments alike.
struct AccessCodes: Sendable {
    /// How a comparison ended.
    enum Outcome: Equatable {
        case right
        case wrong(triesLeft: Int)
        /// No code, or one that has expired, was used, or has no tries left.
        case none
    }

    let keyring: Keyring
    let random: any RandomSource
    let limits: SecurityLimits

    /// A new code: decimal digits, each equally likely, leading zeros kept (AC-01).
    func newCode() -> String {
        (0..<limits[SecurityLimits.codeDigits]).map { _ in String(random.number(below: 10)) }.joined()
    }

    /// Codes rest as a keyed digest that binds them to their one use (AC-02, AC-05).
    func mac(_ code: [UInt8], scope: String, contact: ContactID) -> [UInt8] {
        keyring.mac(Array("\(scope)\u{0}\(contact.text)\u{0}".utf8) + code, purpose: "access-code")
    }

    /// How long a code for this channel lives.
    func lifetime(_ channel: MessageChannelKind) -> Duration {
        switch channel {
        case .sms: limits.seconds(SecurityLimits.smsCodeSeconds)
        case .email: limits.seconds(SecurityLimits.mailCodeSeconds)
        }
    }

    /// Reserves a try, compares, and spends the code when it is right.
    func check(
        _ value: Secret, scope: String, contact: ContactID?, at now: Timestamp, _ connection: any Connection
    ) throws -> Outcome {
        let most = limits[SecurityLimits.triesPerCode]
        guard let contact, let code = try CodeStore.find(scope, connection), now < code.expiresAt,
            try CodeStore.reserveTry(scope, most: most, connection)
        else { return .none }
        let right =
            code.contact == contact
            && constantTimeEquals(code.mac, mac(value.copyBytes(), scope: scope, contact: contact))
        guard right else { return .wrong(triesLeft: max(most - Int(code.tries) - 1, 0)) }
        guard try CodeStore.use(scope, at: now, connection) else { return .none }
        try CodeSendStore.noteAnswered(scope, connection)
        return .right
    }

    /// How long until another code may go to the address; `nil`: now (RL-01). The gap after the last code ends when that
    /// code comes back right: whoever reads there is taking part.
    func wait(before address: String, at now: Timestamp, _ connection: any Connection) throws -> Duration? {
        let gap = limits.seconds(SecurityLimits.codeGapSeconds)
        let last = try CodeSendStore.lastUnanswered(digest(of: address), since: now - gap, connection)
        let waits = [last.map { $0 + gap - now }, try wait(windows, address, at: now, connection)]
        return waits.compactMap { $0 }.max()
    }

    /// The same for everything one person has codes sent for, whatever the address, so that nobody makes this service
    /// write to strangers. A mistyped address may be mended at once.
    func wait(inScope scope: String, at now: Timestamp, _ connection: any Connection) throws -> Duration? {
        try wait(windows, scope, at: now, connection)
    }

    private typealias Rule = (most: Int, window: Duration)

    private var windows: [Rule] {
        [
            (limits[SecurityLimits.codesPerTenMinutes], .seconds(600)),
            (limits[SecurityLimits.codesPerHour], .seconds(3_600)),
            (limits[SecurityLimits.codesPerDay], .seconds(86_400)),
        ]
    }

    private func wait(
        _ rules: [Rule], _ subject: String, at now: Timestamp, _ connection: any Connection
    ) throws -> Duration? {
        let sends = try CodeSendStore.times(digest(of: subject), since: now - .seconds(86_400), connection)
        let waits = rules.compactMap { rule -> Duration? in
            guard sends.count >= rule.most else { return nil }
            let free = sends[rule.most - 1] + rule.window
            return free > now ? free - now : nil
        }
        return waits.max()
    }

    func noteSend(
        to address: String, scope: String, at now: Timestamp, _ connection: any Connection
    ) throws {
        try CodeSendStore.insert(digest(of: address), scope: scope, at: now, connection)
    }

    private func digest(of subject: String) -> [UInt8] {
        keyring.mac(Array(subject.lowercased().utf8), purpose: "code-address")
    }
}
