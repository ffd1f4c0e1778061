import Audit
import AuthAPI
import AuthClient
import Model
import SQL
import StrictJSON

/// Copies the auth service's events into this service's history, each exactly once and in order, and keeps what the
/// list of users shows of enrollments.
///
/// Where it stands is the last row copied, so there is no cursor that could disagree with the history.
struct FeedCopy: Sendable {
    let collaborators: Collaborators

    private static let pageSize = 200
    private static let pause = Duration.seconds(1)
    private static let longestPause = Duration.seconds(15)

    /// Runs until its task is cancelled; waits longer while the auth service does not answer.
    func run() async {
        var pause = Self.pause
        while !Task.isCancelled {
            do {
                let count = try await copyPage()
                pause = Self.pause
                if count == Self.pageSize { continue }
            } catch {
                pause = min(pause * 2, Self.longestPause)
                collaborators.log.warning("feed.stopped", ["error": .init(String(describing: type(of: error)))])
            }
            await collaborators.clock.sleep(for: pause)
        }
    }

    /// Copies the next page; answers how many events it had.
    @discardableResult
    func copyPage() async throws -> Int {
        let last = try await collaborators.database.read {
            try AuditReader.lastCopied(from: AuthNames.authService, $0)
        }
        let page = try await asking { () throws(CallerVerificationError) in
            try await collaborators.auth.events(after: last, limit: Self.pageSize)
        }
        let records = try page.events.map { try AuditRecord(json: $0) }
        guard let first = records.first else {
            collaborators.numbers.feedLag.set(0)
            return 0
        }
        try check(records, after: last)
        let lag = collaborators.clock.now() - first.event.at
        collaborators.numbers.feedLag.set(max(0, Double(lag.wholeMicroseconds) / 1_000_000))
        try await collaborators.database.write { transaction in
            for record in records { try copy(record, transaction) }
        }
        return records.count
    }

    private func check(_ records: [AuditRecord], after last: Int64) throws {
        var previous = last
        for record in records {
            guard record.sequence > previous else { throw FeedError.outOfOrder(record.sequence) }
            previous = record.sequence
        }
    }

    private func copy(_ record: AuditRecord, _ transaction: Transaction) throws {
        let copied = try collaborators.audit.appendCopy(of: record, from: AuthNames.authService, in: transaction)
        let event = record.event
        guard copied != nil, event.outcome == .success, let account = event.subject, let type = event.type else {
            return
        }
        if event.kind == .enroll { try EnrolledTypes.set(type, of: account, isEnrolled: true, transaction) }
        if event.kind == .unenroll { try EnrolledTypes.set(type, of: account, isEnrolled: false, transaction) }
    }
}

/// Why the feed cannot be copied.
enum FeedError: Error {
    /// An event came that should have come before.
    case outOfOrder(Int64)
}
