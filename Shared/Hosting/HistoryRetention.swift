import Audit
import Model
import Observability
import Platform
import SQL

/// Removes the rows of a service's history whose time is over (PR-03).
///
/// They go in whole stretches from the front of the chain, each recorded in it, so that what is left still verifies and
/// says how much went. Several replicas may do it at a time: the head's lock lets one after the other.
public struct HistoryRetention: Sendable {
    private let audit: AuditLog
    private let database: any Database
    private let clock: any Clock
    private let days: Int?
    private let log: Log

    /// Rows of one transaction: writers wait for it.
    private static let stretch = 2_000
    private static let pause = Duration.seconds(3_600)

    /// - Parameter days: a row is kept at least so long; `nil`: for good.
    public init(audit: AuditLog, database: any Database, clock: any Clock, days: Int?, log: Log) {
        self.audit = audit
        self.database = database
        self.clock = clock
        self.days = days
        self.log = log
    }

    /// Looks every hour until its task is canceled.
    public func run() async {
        guard days != nil else { return }
        while !Task.isCancelled {
            do {
                let count = try await purge()
                if count > 0 { log.info("history.purged", ["rows": LogValue(count)]) }
            } catch {
                log.error("history.purge_failed", ["error": LogValue("\(error)")])
            }
            await clock.sleep(for: Self.pause)
        }
    }

    /// Removes what is due now; answers how many rows went.
    @discardableResult
    public func purge() async throws -> Int {
        guard let days else { return 0 }
        let now = clock.now()
        let moment = now - .seconds(days * 86_400)
        var count = 0
        while !Task.isCancelled {
            let gone = try await database.write { [audit] transaction in
                try audit.purge(before: moment, limit: Self.stretch, now: now, in: transaction)
            }
            count += gone
            if gone < Self.stretch { break }
        }
        return count
    }
}
