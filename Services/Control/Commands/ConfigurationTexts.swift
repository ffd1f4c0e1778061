import Model
import StrictJSON

/// The configuration files of a new installation, with a word beside every setting somebody may want to change.
struct ConfigurationTexts {
    let stores: [StoreID]
    let isSample: Bool
    let authPort: Int
    let helpdeskPort: Int
    let helpdeskKey: JSON

    /// One embedded store, for a company that has no directory yet.
    static let stores = """
        // The identity stores. An embedded store is a database file of Latchkey's own. One of Microsoft Entra ID:
        //   { id: "cloud", name: "Cloud", domain: "contoso.com", kind: "entraID", tenant: "contoso.com",
        //     clientID: "the application's id", clientSecret: { file: "entra.secret" } },   // docs/directories/entra-id.md
        {
          stores: [
            {
              id: "people",            // the first half of every account's name; never changed afterwards
              name: "People",
              domain: "example.org",
              kind: "embedded",
              path: "people.db",
              policy: { minimumLength: 12, lockAfterFailures: 5, lockSeconds: 900 },
            },
          ],
        }

        """

    var auth: String {
        """
        // The auth service: who may sign in and do what, how callers are proved.
        {
          listen: { address: "127.0.0.1", port: \(authPort) },
          database: { sqlite: "auth/auth.db" },   // or { postgres: { file: "a file with the connection string" } }
          keys: "auth/keys",                      // sealing keys; back them up, but never beside the database
          stores: "stores.json5",
          // The helpdesk service's public key: its private half is helpdesk/service.pem.
          helpdeskKeys: [\(String(decoding: helpdeskKey.serialized(), as: UTF8.self))],
          // The signed head of the history, written outside the database.
          checkpoint: { file: "auth/checkpoint.json", key: "auth/checkpoint.pem" },
          messaging: \(messaging),
          // A role belongs to a store; the matching one with the lowest priority wins. Everybody else gets the built-in
          // role "user": their own enrollment and nothing more. These fill the database at the first start; afterwards
          // roles are changed over the API, and what stands here does not count.
          roles: [
        \(roles)
          ],
          limits: {},
        }

        """
    }

    var helpdesk: String {
        """
        // The helpdesk service: search, verify, reset, unlock, history.
        {
          listen: { address: "127.0.0.1", port: \(helpdeskPort) },
          database: { sqlite: "helpdesk/helpdesk.db" },
          keys: "helpdesk/keys",
          signingKey: "helpdesk/service.pem",     // signs what this service says to the auth service
          stores: "stores.json5",
          auth: { url: "http://127.0.0.1:\(authPort)" },
          // Where people enroll: what the messages name that ask them to.
          enrollmentURL: "http://127.0.0.1:\(authPort)/",
          // Where people reach this service: what the links begin with that they get to set their password.
          publicURL: "http://127.0.0.1:\(helpdeskPort)",
          checkpoint: { file: "helpdesk/checkpoint.json", key: "helpdesk/service.pem" },
          // Never touched by the desk: members of these groups, each named as its store names groups (embedded: a name;
          // LDAP and Active Directory: a DN; Entra ID: an object id), and the accounts that services bind with.
          protectedGroups: [
        \(protectedGroups)
          ],
          serviceAccounts: [],                    // { store: "people", login: "svc-backup" }
          messaging: \(messaging),
          limits: {},
        }

        """
    }

    private var protectedGroups: String {
        stores.map { "    { store: \"\($0.text)\", group: \"Protected\" }," }.joined(separator: "\n")
    }

    /// Sample installations write their messages into files.
    private var messaging: String {
        """
        {
            // Messages are written to files, for trying. For real mail and SMS, instead of "files":
            //   smtp: { host: "mail.example.org", port: 587, security: "startTLS", username: "helpdesk",
            //           password: { file: "smtp.secret" } },
            //   sms: { from: "+15550100000", twilio: { account: "AC...", token: { file: "sms.secret" } } },
            product: "Latchkey",
            from: "helpdesk@example.org",
            files: { folder: "messages" },
            sms: { from: "+15550100000", countries: ["+1"], files: { folder: "messages" } },
          }
        """
    }

    private var roles: String {
        let all = stores.map { "\"\($0.text)\"" }.joined(separator: ", ")
        return stores.map { store in
            let name = "store: \"\(store.text)\", scope: [\(all)]"
            var lines = [
                "    { name: \"administrator\", like: \"administrator\", \(name), priority: 1,",
                "      group: \"Latchkey-Administrators\" },",
            ]
            if isSample {
                lines += [
                    "    { name: \"helpdesk-unrestricted\", like: \"helpdesk\", \(name), priority: 10,",
                    "      group: \"Helpdesk-Unrestricted\", helpdesk: { mode: \"unrestricted\" } },",
                ]
            }
            lines += [
                "    { name: \"helpdesk\", like: \"helpdesk\", \(name), priority: 20, group: \"Helpdesk\" },"
            ]
            return lines.joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
