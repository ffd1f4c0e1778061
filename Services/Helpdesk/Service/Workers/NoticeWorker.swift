import Model
import SQL

/// Carries out the requests to enroll that were accepted, oldest first, whichever process accepted them.
struct NoticeWorker: Sendable {
    let collaborators: Collaborators

    private static let pause = Duration.seconds(1)
    private static let longestPause = Duration.seconds(30)

    /// Runs until its task is cancelled; waits longer while the auth service or the database does not answer.
    func run() async {
        var pause = Self.pause
        while !Task.isCancelled {
            do {
                try await runOnce()
                pause = Self.pause
            } catch {
                pause = min(pause * 2, Self.longestPause)
                collaborators.log.warning("notice.stopped", ["error": .init(String(describing: type(of: error)))])
            }
            await collaborators.clock.sleep(for: pause)
        }
    }

    /// Writes the messages of every notice that is to be sent, and ends those of which none is left to send.
    func runOnce() async throws {
        for notice in try await collaborators.database.read({ try NoticeStore.open($0) }) {
            switch notice.state {
            case .queuing:
                var next: EnrollmentNotice? = notice
                while let notice = next, !Task.isCancelled {
                    next = try await QueueNotice(collaborators: collaborators).run(notice)
                }
            case .sending, .stopped, .finished: try await end(notice)
            }
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
