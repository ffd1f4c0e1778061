import AuthService
import Configuration
import Directory
import HelpdeskService
import StrictJSON

extension Command {
    /// `latchkey config check`
    static let configCheck = Command(
        words: ["config", "check"], positions: [], options: [.folder],
        summary: "check the three configuration files",
        help: """
            Reads auth.json5, helpdesk.json5 and stores.json5 as the services would, lists every problem with its path,
            and names what is allowed but dangerous, in the roles in force once there are any. Groups and places in the
            tree are read by their stores, which are opened for that. Exit code 1 when there is a problem.
            """
    ) { arguments throws(CommandError) in
        let check = await ConfigurationCheck(Installation(folder: arguments.folder))
        for warning in check.warnings { Console.say("warning: " + warning) }
        guard check.problems.isEmpty else { throw .failed(check.problems) }
        Console.say("The configuration is sound.")
    }
}

/// Everything that is wrong with an installation's configuration files, each problem once.
private struct ConfigurationCheck {
    private(set) var problems: [String] = []
    private(set) var warnings: [String] = []

    init(_ installation: Installation) async {
        var auth: AuthConfiguration?
        var helpdesk: HelpdeskConfiguration?
        collect { () throws(CommandError) in auth = try installation.authConfiguration() }
        collect { () throws(CommandError) in helpdesk = try installation.helpdeskConfiguration() }
        warnings = auth?.warnings ?? []
        // Stores that cannot be read are a problem of both files already.
        guard auth != nil || helpdesk != nil else { return }
        do throws(CommandError) {
            let stores = try await installation.openStores()
            defer { stores.close() }
            collect { () throws(CommandError) in try auth?.checkNames(in: stores) }
            collect { () throws(CommandError) in try helpdesk?.checkNames(in: stores) }
            if let auth { await compare(auth, Policies(installation: installation), stores) }
        } catch {
            add(error)
        }
    }

    /// Once there is a database, its roles count, and may be dangerous; the file's do not.
    private mutating func compare(
        _ auth: AuthConfiguration, _ policies: Policies, _ stores: IdentityStoreRegistry
    ) async {
        do throws(CommandError) {
            guard let kept = try await policies.kept(auth, stores) else { return }
            warnings = RoleConfiguration.warnings(of: kept.roles)
            guard !kept.isSame(as: auth.policies) else { return }
            warnings.append(
                "auth.json5: roles and questions filled the database once and do not count any more; those in force "
                    + "are others (latchkey config export)")
        } catch {
            warnings += error.lines
        }
    }

    private mutating func collect(_ body: () throws(CommandError) -> Void) {
        do throws(CommandError) {
            try body()
        } catch {
            add(error)
        }
    }

    private mutating func add(_ error: CommandError) {
        problems += error.lines.filter { !problems.contains($0) }
    }
}

extension AuthConfiguration {
    fileprivate func checkNames(in stores: IdentityStoreRegistry) throws(CommandError) {
        do throws(ConfigurationFailure) {
            _ = try RoleConfiguration.roles(roles, in: stores)
        } catch {
            throw .failed(error.problems.map(\.description))
        }
    }
}

extension HelpdeskConfiguration {
    fileprivate func checkNames(in stores: IdentityStoreRegistry) throws(CommandError) {
        do throws(ConfigurationFailure) {
            _ = try protected.resolved(in: stores)
        } catch {
            throw .failed(error.problems.map(\.description))
        }
    }
}
