import Audit
import AuthService
import Crypto
import HelpdeskService
import SQL
import StrictJSON

extension Command {
    /// `latchkey audit verify`
    static let auditVerify = Command(
        words: ["audit", "verify"], positions: [], options: [.folder, .service, .json],
        summary: "find altered, removed or cut rows of the history",
        help: """
            Goes over the whole hash chain of each service and its signed checkpoint, and names every row that is not as
            it was written. Exit code 1 when anything was found. What the last second before the newest checkpoint added
            could be cut off unseen; nothing else.
            """
    ) { arguments throws(CommandError) in
        let chosen = arguments["service"]
        guard chosen == nil || ["auth", "helpdesk"].contains(chosen) else {
            throw .usage("--service has to be auth or helpdesk")
        }
        let chains = try await Chain.open(Installation(folder: arguments.folder), only: chosen)
        var findings: [String] = []
        var rows: [JSON] = []
        for chain in chains {
            let report = try await attempt(chain.service) { try await chain.verify() }
            chain.database.close()
            let found = report.findings.map(\.description)
            findings += found.map { "\(chain.service): \($0)" }
            rows.append(
                .object([
                    "service": .string(chain.service), "rows": .integer(Int64(report.rows)),
                    "purgedThrough": .integer(report.purgedThrough),
                    "intact": .bool(report.isIntact), "findings": .array(found.map(JSON.string)),
                ]))
            if report.isIntact, !arguments.has("json") {
                let purged = report.purgedThrough
                Console.say(
                    "\(chain.service): \(report.rows) rows, intact"
                        + (purged > 0 ? "; rows 1 to \(purged) were purged when their time was over." : "."))
            }
        }
        if arguments.has("json") { Console.say(.object(["chains": .array(rows)])) }
        guard findings.isEmpty else { throw .failed(findings) }
    }
}

/// One service's history and what it is checked against.
private struct Chain {
    let service: String
    let database: any Database
    let checkpointFile: String
    let key: VerificationKey

    func verify() async throws -> AuditReport {
        let key = key
        return try await AuditVerifier.verify(database, checkpointFile: checkpointFile) { $0 == key.id ? key : nil }
    }

    static func open(_ installation: Installation, only chosen: String?) async throws(CommandError) -> [Chain] {
        var chains: [Chain] = []
        if chosen != "helpdesk" {
            let auth = try installation.authConfiguration()
            chains.append(
                Chain(
                    service: AuthServer.name, database: try await installation.openAuthDatabase(auth),
                    checkpointFile: auth.settings.checkpointFile, key: auth.settings.checkpointKey.publicKey))
        }
        if chosen != "auth" {
            let helpdesk = try installation.helpdeskConfiguration()
            chains.append(
                Chain(
                    service: HelpdeskServer.name,
                    database: try await installation.openHelpdeskDatabase(helpdesk),
                    checkpointFile: helpdesk.settings.checkpointFile, key: helpdesk.settings.checkpointKey.publicKey))
        }
        return chains
    }
}
