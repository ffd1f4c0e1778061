import Model
import SQL

/// Carries out the requests to enroll that were accepted, whichever process accepted them.
struct NoticeWorker: Sendable {
    let collaborators: Collaborators

    private static let pause = Duration.seconds(1)
    private static let longestPause = Duration.seconds(30)

    /// Runs until its task is cancelled; waits longer while the auth service or the database does not answer.
    func run() async {
        var pause = Self.pause
        while !Task.isCancelled {
            do {
                let isMore = try await runOnce()
                pause = Self.pause
                if isMore { continue }
            } catch {
                pause = min(pause * 2, Self.longestPause)
                collaborators.log.warning("notice.stopped", ["error": .init(String(describing: type(of: error)))])
            }
            await collaborators.clock.sleep(for: pause)
        }
    }

    /// Goes on with every notice by one page, so that a reminder to one user does not wait for a hundred thousand others,
    /// and ends those of which nothing is left to send. A notice that cannot go on holds up none but itself.
    ///
    /// - Returns: whether there is more to do at once.
    func runOnce() async throws -> Bool {
        var isMore = false
        var failure: (any Error)?
        for notice in try await collaborators.database.read({ try NoticeStore.open($0) }) {
            do {
                isMore = try await goOn(with: notice) || isMore
            } catch {
                failure = error
            }
        }
        if let failure, !isMore { throw failure }
        return isMore
    }

    private func goOn(with notice: EnrollmentNotice) async throws -> Bool {
        switch notice.state {
        case .queuing: return try await QueueNotice(collaborators: collaborators).run(notice) != nil
        case .sending, .stopped, .finished:
            try await end(notice)
            return false
        }
    }

    /// Keeps what became of its messages once none waits, before the outbox forgets them.
    private func end(_ notice: EnrollmentNotice) async throws {
        let isWaiting = try await collaborators.database.read { [collaborators] connection in
            try collaborators.outbox.isWaiting(group: notice.group, connection)
        }
        if isWaiting { return }
        try await collaborators.database.write { [collaborators] transaction in
            let counted = try notice.counted(collaborators.outbox, transaction)
            try NoticeStore.count(counted.counts, of: notice.id, transaction)
            _ = try NoticeStore.move(notice.id, from: [.sending], to: .finished, transaction)
            try NoticeStore.end(notice.id, at: collaborators.clock.now(), transaction)
        }
    }
}
