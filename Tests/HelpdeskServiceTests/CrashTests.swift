import Audit
import Directory
import Model
import Platform
import SQL
import Testing

@testable import HelpdeskService

/// What is left when the process dies in the middle of an act, and what the next one makes of it (CR-01, CR-04).
@Suite struct CrashTests {
    struct Died: Error {}

    /// Every step, for both actions.
    static let steps = HelpdeskAction.allCases.flatMap { action in
        CrashPoints.Point.allCases.map { (action, $0) }
    }

    /// CR-01, CR-04
    @Test(arguments: steps)
    func `a crash at any step leaves at most one write, and everything is settled`(
        action: HelpdeskAction, point: CrashPoints.Point
    ) async throws {
        let first = try await TestDesk.open()
        let ola = try first.signIn()
        let verification = try await first.verified("anna", for: action, by: ola)
        let body = try first.act(action, on: ["anna"], verification: verification)
        let path = try first.path(action, "anna")

        let dying = try await first.restart(crashPoints: CrashPoints { if $0 == point { throw Died() } })
        let died = await dying.send(.post, path, as: ola, body, key: "1")
        #expect(died.status == 500, "\(died)")

        let house = try await dying.restart()
        let settler = SettleOperations(collaborators: house.collaborators)
        try await settler.run(startingUp: true)
        let isWritten = point == .directoryWritten || point == .resultRecorded
        #expect(house.writes.count == (isWritten ? 1 : 0))

        let again = await house.send(.post, path, as: ola, body, key: "1")
        #expect(again.status == 200, "\(again)")
        #expect(again.outcomes == [isWritten ? "done" : "failed"])
        #expect(again.reasons == (isWritten ? [] : ["helpdesk.interrupted"]))
        #expect(again.body["finished"] == true)

        let rows = try await house.history(action == .resetPassword ? .reset : .unlock)
        #expect(rows.count == 1)
        #expect(rows.first?.outcome == (isWritten ? .success : .failure))
        #expect(await house.delivered().count == (isWritten ? 3 : 0))
        #expect(try await settler.run() == 0, "nothing is left to settle")
    }

    /// R7, VS-09
    @Test(arguments: steps)
    func `what a crash interrupted can be tried again, and is done once`(
        action: HelpdeskAction, point: CrashPoints.Point
    ) async throws {
        let first = try await TestDesk.open()
        let ola = try first.signIn()
        let verification = try await first.verified("anna", for: action, by: ola)
        let body = try first.act(
            action, on: ["anna"], verification: verification,
            deliver: action == .resetPassword ? ["email": "enrolled-mail"] : nil)
        let path = try first.path(action, "anna")
        let dying = try await first.restart(crashPoints: CrashPoints { if $0 == point { throw Died() } })
        _ = await dying.send(.post, path, as: ola, body, key: "1")
        let house = try await dying.restart()
        try await SettleOperations(collaborators: house.collaborators).run(startingUp: true)
        let settled = await house.send(.post, path, as: ola, body, key: "1")
        let operation = try required(settled.operation)

        let retried = await house.send(.post, "/v1/operations/\(operation)/retries", as: ola, key: "2")
        if settled.outcomes == ["done"] {
            #expect(retried.code == "helpdesk.nothing_to_retry")
        } else {
            #expect(retried.outcomes == ["done"], "\(retried)")
        }
        #expect(house.writes.count == 1)
        let told = await house.delivered()
        #expect(told.count == (action == .resetPassword ? 4 : 3), "\(told)")
    }

    /// CR-04
    @Test func `another replica settles only once the lease has ended`() async throws {
        let first = try await TestDesk.open()
        let ola = try first.signIn()
        let dying = try await first.restart(crashPoints: CrashPoints { if $0 == .authorityRecorded { throw Died() } })
        _ = try await dying.perform(.unlockAccount, by: ola)
        let replica = try await dying.restart(node: "desk-2")
        let settler = SettleOperations(collaborators: replica.collaborators)
        #expect(try await settler.run(startingUp: true) == 0)
        replica.clock.advance(by: .seconds(121))
        #expect(try await settler.run() == 1)
        #expect(try await replica.history(.unlock).map(\.reason) == ["helpdesk.interrupted"])
    }

    /// CR-04
    @Test func `a write whose answer was lost is settled by reading, not by writing again`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.store("staff").script.withLock { $0.lostAnswers = [.outcomeUnknown("connection lost")] }
        let done = try await house.perform(.resetPassword, by: ola)
        #expect(done.outcomes == ["done"])
        #expect(house.writes.count == 1)
        #expect(await house.delivered().count == 3)
    }

    /// CR-04
    @Test func `an outcome nobody can tell is unknown, said so and alarmed`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.store("staff").script.withLock {
            $0.lostAnswers = [.outcomeUnknown("connection lost")]
            $0.settlement = .unknown
        }
        let done = try await house.perform(.resetPassword, by: ola)
        #expect(done.outcomes == ["unknown"])
        #expect(done.reasons == ["helpdesk.outcome_unknown"])
        #expect(try await house.history(.reset).map(\.outcome) == [.unknown])
        #expect(house.collaborators.numbers.unknown.value() == 1)
        #expect(
            house.logs.withLock { $0.contains { String(decoding: $0, as: UTF8.self).contains("operation.unknown") } })
        #expect(await house.delivered().isEmpty)
    }

    /// CR-04
    @Test func `a directory that cannot even be read is asked again later`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let store = try house.store("staff")
        let verification = try await house.verified("anna", for: .unlockAccount, by: ola)
        store.script.withLock { $0.lostAnswers = [.outcomeUnknown("connection lost")] }
        let reads = Counting()
        store.script.withLock { script in
            script.beforeReading = { [store] in
                guard reads.next() == 2 else { return }
                // From here on nothing can be read; the account itself is read by the wrapped store just below.
                store.script.withLock { $0.readingFailure = .unavailable("down") }
            }
        }
        let answer = await house.send(
            .post, try house.path(.unlockAccount, "anna"), as: ola,
            try house.act(.unlockAccount, on: ["anna"], verification: verification), key: "1")
        #expect(answer.outcomes == ["unknown"], "\(answer)")
        #expect(answer.body["finished"] == false)
        store.script.withLock {
            $0.readingFailure = nil
            $0.beforeReading = nil
        }
        try await SettleOperations(collaborators: house.collaborators).run()
        let later = await house.send(.get, "/v1/operations/\(try required(answer.operation))", as: ola)
        #expect(later.outcomes == ["done"], "\(later)")
        #expect(later.body["finished"] == true)
        #expect(await house.delivered().count == 3)
        #expect(house.writes.count == 1)
    }
}
