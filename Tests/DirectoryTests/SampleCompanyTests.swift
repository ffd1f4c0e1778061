import Configuration
import Directory
import Model
import Platform
import TestSupport
import Testing

/// The sample company has to load and to show what it promises.
@Suite struct SampleCompanyTests {
    private static let folder: String = {
        let file = String(describing: #filePath)
        return file.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/deploy/sample/"
    }()

    private func settings() throws -> [StoreConfiguration] {
        let reader = ConfigurationReader(contentsOf: Self.folder + "stores.json5")
        let configuration = StoresConfiguration(reader)
        reader.finish()
        #expect(reader.problems.isEmpty, "\(reader.problems)")
        return configuration.stores
    }

    private func imported(_ configuration: StoreConfiguration) async throws -> (EmbeddedStore, TemporaryFolder) {
        let folder = TemporaryFolder()
        let settings = try embeddedSettings(configuration)
        let store = try await EmbeddedTestDirectory.open(folder.file("store.db"), settings.policy, clock: FixedClock())
        let source = Self.folder + configuration.id.text + "/"
        let report = try await EmbeddedStoreImporter(store, random: SystemRandom()).run(
            people: ImportFile(name: "people.csv", bytes: readFile(source + "people.csv")),
            groups: ImportFile(name: "groups.csv", bytes: readFile(source + "groups.csv")))
        #expect(report.created == report.passwordsSet && report.created > 0)
        return (store, folder)
    }

    @Test func `staff and contractors load, with everything the desk can meet`() async throws {
        var people: [DirectoryAccount] = []
        for configuration in try settings() {
            let (store, folder) = try await imported(configuration)
            people += try await store.everybody()
            store.close()
            withExtendedLifetime(folder) {}
        }
        #expect(people.count >= 120)
        #expect(people.count { $0.isLocked } >= 4 && people.count { $0.mustChange } >= 2)
        #expect(people.count { $0.isPasswordExpired(at: FixedClock().now()) } >= 4)
        #expect(people.count { $0.passwordExpires == .never } >= 4)
        #expect(people.count { $0.isDisabled } >= 1 && people.count { $0.accountExpired } >= 1)
        #expect(people.count { $0.mail == nil } >= 4 && people.count { $0.mobile == nil } >= 4)
        #expect(people.compactMap(\.mail).allSatisfy { $0.hasSuffix("example.org") })
        #expect(people.compactMap(\.mobile).allSatisfy { $0.hasPrefix("+1555010") })
        #expect(Set(people.map(\.container)).count > 20)
    }

    @Test func `every sign-in that is printed does what it says`() async throws {
        let stores = try settings()
        let lines = String(decoding: readFile(Self.folder + "sign-ins.txt"), as: UTF8.self).split(separator: "\n")
        let signIns = lines.map { $0.split(separator: " ") }.filter { $0.last?.hasPrefix("Sample-") == true }
        #expect(signIns.count == 8)
        for configuration in stores {
            let (store, folder) = try await imported(configuration)
            for words in signIns where words[words.count - 3] == configuration.id.text {
                let outcome = try await store.signIn(
                    login: String(words[words.count - 2]), password: Secret(String(words[words.count - 1])))
                let expected: SignInRejection.Reason? =
                    words.contains("locked") ? .locked : words.contains("expired") ? .passwordExpired : nil
                #expect(outcome.rejectedBecause?.reason == expected, "\(words)")
            }
            store.close()
            withExtendedLifetime(folder) {}
        }
    }

    @Test func `operators and administrators are in the groups the roles name`() async throws {
        let (store, folder) = try await imported(try #require(try settings().first))
        defer {
            store.close()
            withExtendedLifetime(folder) {}
        }
        let expected = [
            ("olivia.desk", "Helpdesk", true), ("sven.supervisor", "Helpdesk", true), ("umar.desk", "Helpdesk", false),
            ("umar.desk", "Helpdesk-Unrestricted", true), ("ada.admin", "Latchkey-Administrators", true),
            ("ada.admin", "Protected", true), ("maria.nunez", "Protected", true), ("olivia.desk", "Protected", false),
        ]
        for (login, group, isMember) in expected {
            let name = try #require(store.group(parsing: group))
            #expect(try await store.account(login: login)?.groups.contains(name) == isMember, "\(login) \(group)")
        }
    }

    @Test func `every link names two people of the stores`() async throws {
        let file = try LinkFile.parse(readFile(Self.folder + "links.csv"))
        #expect(file.links.count == 5)
        for configuration in try settings() {
            let (store, folder) = try await imported(configuration)
            for member in file.links.flatMap({ [$0.master, $0.linked] }) where member.store == configuration.id {
                #expect(try await store.account(login: member.login) != nil, "\(member.login)")
            }
            store.close()
            withExtendedLifetime(folder) {}
        }
    }
}
