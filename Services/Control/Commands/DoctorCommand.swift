import AuthService
import Directory
import HelpdeskService
import Hosting
import Messaging
import Model
import Platform
import SQL
import StrictJSON
import Transport

extension Command {
    /// `latchkey doctor`
    static let doctor = Command(
        words: ["doctor"], positions: [], options: [.folder, .json],
        summary: "talk to everything and say what is wrong",
        help: """
            Checks the configuration, opens both databases, asks every identity store, the mail server, the SMS gateway,
            and both services whether they are ready. Changes nothing, sends nothing. Exit code 1 when anything is wrong.
            """
    ) { arguments throws(CommandError) in
        let checks = await Doctor(installation: Installation(folder: arguments.folder)).examine()
        if arguments.has("json") {
            Console.say(.object(["checks": .array(checks.map(\.json))]))
        } else {
            for check in checks { Console.say((check.problem == nil ? "ok    " : "WRONG ") + check.line) }
        }
        let wrong = checks.filter { $0.problem != nil }
        guard wrong.isEmpty else { throw .failed("\(wrong.count) of \(checks.count) checks found something wrong.") }
    }
}

/// One thing that was looked at.
private struct Check {
    let name: String
    let problem: String?

    var line: String { name + (problem.map { ": " + $0 } ?? "") }

    var json: JSON {
        .object(["name": .string(name), "ok": .bool(problem == nil), "problem": problem.map(JSON.string)])
    }
}

/// Looks at everything an installation needs, without changing anything a service has.
private struct Doctor {
    let installation: Installation

    func examine() async -> [Check] {
        var checks = await storeChecks()
        checks.append(
            await check("database auth") { () async throws(CommandError) in
                try await installation.openAuthDatabase(try installation.authConfiguration()).close()
            })
        checks.append(
            await check("database helpdesk") { () async throws(CommandError) in
                try await installation.openHelpdeskDatabase(try installation.helpdeskConfiguration()).close()
            })
        checks.append(
            await check("service auth") { () async throws(CommandError) in
                try await ready(try installation.authConfiguration().settings.listen.port)
            })
        checks.append(
            await check("service helpdesk") { () async throws(CommandError) in
                try await ready(try installation.helpdeskConfiguration().settings.listen.port)
            })
        checks += await channelChecks("auth", try? installation.authConfiguration().settings)
        checks += await channelChecks("helpdesk", try? installation.helpdeskConfiguration().settings)
        return checks + limitChecks()
    }

    private func check(_ name: String, _ body: () async throws(CommandError) -> Void) async -> Check {
        do throws(CommandError) {
            try await body()
            return Check(name: name, problem: nil)
        } catch {
            return Check(name: name, problem: error.lines.joined(separator: "; "))
        }
    }

    private func storeChecks() async -> [Check] {
        let stores: IdentityStoreRegistry
        do throws(CommandError) {
            stores = try await installation.openStores()
        } catch {
            return [Check(name: "identity stores", problem: error.lines.joined(separator: "; "))]
        }
        var checks: [Check] = []
        for store in stores.all {
            checks.append(
                await check("store \(store.id)") { () async throws(CommandError) in
                    try await attempt("no answer") { try await store.check() }
                })
        }
        checks += await groupChecks(stores)
        stores.close()
        return checks
    }

    /// A protected group that is not there protects nobody (OP-04). A configuration that cannot be read is a finding of its
    /// own already.
    private func groupChecks(_ stores: IdentityStoreRegistry) async -> [Check] {
        guard let configuration = try? installation.helpdeskConfiguration(),
            let protected = try? configuration.protected.resolved(in: stores)
        else { return [] }
        let missing = await protected.missing(in: stores)
        guard !missing.isEmpty else { return [Check(name: "protected groups", problem: nil)] }
        return missing.map { group in
            Check(
                name: "protected groups",
                problem: "The store \(group.store) has no group \(group.name): it protects nobody.")
        }
    }

    /// Whether the mail server and the SMS gateway would take a message; none is sent. A configuration that cannot be read
    /// is a finding of its own already.
    private func channelChecks(_ service: String, _ settings: ServiceSettings?) async -> [Check] {
        guard let settings else { return [] }
        let channels: [MessageChannelKind: any MessageChannel]
        do {
            channels = try settings.messaging.channels()
        } catch {
            return [Check(name: "messages of \(service)", problem: String(describing: error))]
        }
        var checks: [Check] = []
        for (kind, channel) in channels.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            checks.append(
                await check("\(kind.rawValue) of \(service)") { () async throws(CommandError) in
                    do throws(DeliveryError) {
                        try await channel.check()
                    } catch {
                        throw .failed(error.reason)
                    }
                })
        }
        return checks
    }

    private func ready(_ port: UInt16) async throws(CommandError) {
        let client = HTTPClient(threads: 1)
        let answer = try await attempt("no answer") {
            try await client.send(
                HTTPRequest("GET", "http://127.0.0.1:\(port)/readyz", deadline: .seconds(5)))
        }
        guard answer.status == 200 else { throw .failed(String(decoding: answer.body, as: UTF8.self)) }
    }

    /// Not right or wrong, but to be known (RL-04).
    private func limitChecks() -> [Check] {
        guard let configuration = try? installation.authConfiguration() else { return [] }
        let policy = configuration.settings.messaging.smsPolicy(limits: configuration.settings.limits)
        let countries = policy.allowedPrefixes.isEmpty ? "none" : policy.allowedPrefixes.joined(separator: " ")
        return [Check(name: "SMS to countries \(countries), at most \(policy.dailyBudget) a day", problem: nil)]
    }
}
