import Configuration
import Crypto
import Model
import TestSupport
import Testing

@testable import HelpdeskService

/// `helpdesk.json5`, read whole.
@Suite struct ConfigurationTests {
    private static let stores = """
        { stores: [{ id: "staff", name: "Staff", domain: "example.org", kind: "embedded", path: "staff.db" }] }
        """

    private func folder() throws -> TemporaryFolder {
        let folder = TemporaryFolder()
        folder.write("stores.json5", Self.stores)
        folder.write("service.pem", try SigningKey.generate().exportPEM().copyText() ?? "")
        return folder
    }

    @Test func `a file with what has to be there is enough`() throws {
        let folder = try folder()
        let file = folder.write(
            "helpdesk.json5",
            """
            {
              database: { sqlite: "helpdesk.db" }, keys: "keys", signingKey: "service.pem",
              auth: { url: "http://127.0.0.1:8401" }, checkpoint: { file: "checkpoint.json", key: "service.pem" },
              messaging: { from: "helpdesk@example.org", files: { folder: "messages" } },
            }
            """)
        let configuration = try HelpdeskConfiguration.load(file)
        #expect(configuration.settings.listen.port == 8_402)
        #expect(configuration.settings.listen.address == "127.0.0.1")
        #expect(configuration.auth.deadline == .seconds(3))
        #expect(configuration.settings.stores.stores.count == 1)
        #expect(configuration.nodeName.hasSuffix(":8402"))
        #expect(configuration.settings.keyFolder == folder.file("keys"))
    }

    @Test func `every problem is named with its path`() throws {
        let folder = try folder()
        folder.write("service.pem", "no key")
        let file = folder.write(
            "helpdesk.json5",
            """
            {
              listen: { port: 70000 }, database: {}, keys: "keys", signingKey: "service.pem",
              auth: { url: "ftp://x/", deadlineMilliseconds: 1 }, checkpoint: { file: "checkpoint.json", key: "service.pem" },
              messaging: { from: "helpdesk@example.org" }, limits: { resetsPerHour: -1 }, surprise: true,
              protectedGroups: [{ store: "staff" }, { store: "nowhere", group: "Board" }], serviceAccounts: ["svc"],
            }
            """)
        var problems: [String] = []
        do {
            _ = try HelpdeskConfiguration.load(file)
        } catch {
            problems = error.problems.map(\.pointer)
        }
        let expected = [
            "/listen/port", "/database", "/signingKey", "/auth/url", "/auth/deadlineMilliseconds", "/messaging",
            "/limits/resetsPerHour", "/surprise", "/protectedGroups/0/group",
            "/protectedGroups/1/store", "/serviceAccounts/0",
        ]
        for pointer in expected { #expect(problems.contains(pointer), "\(pointer) in \(problems)") }
    }

    /// OP-04
    @Test func `a group that its store does not understand is a problem with its path`() async throws {
        let house = try await TestDesk.open()
        let folder = try folder()
        let file = folder.write(
            "helpdesk.json5",
            """
            {
              database: { sqlite: "helpdesk.db" }, keys: "keys", signingKey: "service.pem",
              auth: { url: "http://127.0.0.1:8401" }, checkpoint: { file: "checkpoint.json", key: "service.pem" },
              messaging: { from: "helpdesk@example.org", files: { folder: "messages" } },
              protectedGroups: [{ store: "staff", group: "Board" }, { store: "staff", group: "Board;Directors" }],
              serviceAccounts: [{ store: "staff", login: "svc-backup" }],
            }
            """)
        let configuration = try HelpdeskConfiguration.load(file)
        let failure = #expect(throws: ConfigurationFailure.self) {
            try configuration.protected.resolved(in: house.collaborators.stores)
        }
        #expect(failure?.problems.map(\.pointer) == ["/protectedGroups/1/group"])
        #expect(failure?.problems.map(\.file) == [file])
    }

    /// SL-02
    @Test(arguments: [
        ("https://desk.example.org", true, true), ("https://desk.example.org:8443", true, true),
        ("http://127.0.0.1:8402", true, true), ("http://localhost:8402", true, true),
        ("http://desk.example.org", false, false), ("https://desk.example.org/", false, true),
        ("https://desk.example.org/x?y=1#z", false, true), ("https://desk.example.org#x", false, true),
        ("https://desk.example.org/a b", false, false), ("https://desk.example.org/\u{e4}", false, false),
        ("https://", false, false), ("https://a b", false, false), ("javascript:alert(1)", false, false),
        ("https://user@desk.example.org", false, false), ("http://localhost.example.org", false, false),
        ("http://127.example.org/", false, false),
    ])
    func `links lead to an https address, or to this machine`(
        url: String, isPublicURL: Bool, isEnrollmentURL: Bool
    ) throws {
        for (name, isLegal) in [("publicURL", isPublicURL), ("enrollmentURL", isEnrollmentURL)] {
            let folder = try folder()
            let file = folder.write(
                "helpdesk.json5",
                """
                {
                  database: { sqlite: "helpdesk.db" }, keys: "keys", signingKey: "service.pem", \(name): "\(url)",
                  auth: { url: "http://127.0.0.1:8401" }, checkpoint: { file: "checkpoint.json", key: "service.pem" },
                  messaging: { from: "helpdesk@example.org", files: { folder: "messages" } },
                }
                """)
            do {
                let configuration = try HelpdeskConfiguration.load(file)
                #expect((name == "publicURL" ? configuration.publicURL : configuration.enrollmentURL) == url && isLegal)
            } catch {
                #expect(!isLegal && error.problems.map(\.pointer) == ["/" + name], "\(error)")
            }
        }
    }
}
