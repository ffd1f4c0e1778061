import Crypto
import Directory
import Model
import Platform
import TestSupport
import Testing

@testable import AuthService

/// Roles of random directories against a second definition of the same sentence.
@Suite struct RoleModelTests {
    /// Numbers that are the same for the same seed.
    private struct Dice {
        let random: SeededRandom

        func number(_ count: Int) -> Int { Int(random.bytes(1)[0]) % count }
        func pick<Value>(_ values: [Value]) -> Value { values[number(values.count)] }
    }

    /// A directory as somebody would draw it: who is in which group, which group is in which, and where everybody stands.
    private struct Drawing {
        let people: [(login: String, container: String, groups: [String])]
        let memberGroups: [(group: String, member: String)]
        let roles: [RoleConfiguration]

        init(_ dice: Dice, store: StoreID) throws {
            let groups = (0..<8).map { "G\($0)" }
            let places = ["A", "A/B", "A/B/C", "AB", "A/BC", "D"]
            people = (0..<14).map { index in
                (
                    login: "p\(index)", container: dice.pick(places),
                    groups: groups.filter { _ in dice.number(5) == 0 }
                )
            }
            memberGroups = (0..<9).compactMap { _ in
                let (group, member) = (dice.pick(groups), dice.pick(groups))
                return group == member ? nil : (group, member)
            }
            let priorities = (1...98).filter { _ in dice.number(14) == 0 }
            roles = try (priorities + [99]).map { priority in
                let criteria: RoleConfiguration.Criteria =
                    if priority == 99 { .everyone } else if dice.number(2) == 0 { .group(dice.pick(groups)) } else {
                        .container(dice.pick(places))
                    }
                return RoleConfiguration(
                    id: try required(RoleID("r\(priority)")), store: store, scope: [], priority: priority,
                    criteria: criteria, permissions: [], authentication: .standard, helpdesk: .standard,
                    container: nil)
            }
        }

        /// Product.md P1 in one sentence: of the roles whose group or container holds the person, the lowest number.
        func expected(_ person: Int) -> Int {
            let (_, place, direct) = people[person]
            var groups = Set(direct)
            for _ in 0..<10 {
                for (group, member) in memberGroups where groups.contains(member) { groups.insert(group) }
            }
            let met = roles.filter { role in
                switch role.criteria {
                case .everyone: true
                case .group(let name): groups.contains(name)
                case .container(let name): (place + "/").hasPrefix(name + "/")
                }
            }
            return met.map(\.priority).min() ?? 0
        }
    }

    /// P1, OP-05
    @Test(arguments: [3, 41, 2_026, 77_777] as [UInt64])
    func `the role an account gets is the one the drawing says`(seed: UInt64) async throws {
        let dice = Dice(random: SeededRandom(seed: seed))
        let id = try required(StoreID("drawn"))
        let clock = FixedClock()
        for round in 0..<4 {
            let drawing = try Drawing(dice, store: id)
            let folder = TemporaryFolder()
            let store = try await open(drawing, id, folder, clock)
            let registry = IdentityStoreRegistry([store])
            let book = RoleBook(try RoleConfiguration.roles(drawing.roles, in: registry))
            for (index, person) in drawing.people.enumerated() {
                let account = try required(try await store.account(login: person.login))
                let held = book.role(of: account)
                #expect(held?.priority == drawing.expected(index), "seed \(seed), round \(round), \(person)")
                let standings = book.standings(of: account)
                #expect(standings.map(\.role.priority) == drawing.roles.map(\.priority))
                #expect(standings.first(where: \.isMet)?.role == held)
            }
            store.close()
        }
    }

    private func open(
        _ drawing: Drawing, _ id: StoreID, _ folder: TemporaryFolder, _ clock: FixedClock
    ) async throws -> EmbeddedStore {
        let settings = EmbeddedStoreSettings(path: folder.file("drawn.db"), policy: EmbeddedStorePolicy())
        let configuration = StoreConfiguration(
            id: id, name: "Drawn", domain: "drawn.example.org", backend: .embedded(settings))
        let hasher = PasswordHasher(memoryKiB: 64, passes: 1, threads: 2, maximumWaiting: 100)
        let store = try await EmbeddedStore.open(
            configuration, settings: settings, environment: StoreEnvironment(clock: clock, hasher: hasher),
            creating: true)
        let header = "login,displayName,firstName,lastName,mail,mobile,container,password,groups,state\r\n"
        let rows = drawing.people.map { person in
            "\(person.login),\(person.login),a,b,,,\(person.container),\(TestHouse.password),"
                + "\(person.groups.joined(separator: ";")),\r\n"
        }
        let nested =
            "group,memberGroup\r\n"
            + drawing.memberGroups.map { "\($0.group),\($0.member)\r\n" }.joined()
            + (0..<8).map { "G\($0),\r\n" }.joined()
        _ = try await EmbeddedStoreImporter(store, random: SystemRandom()).run(
            people: ImportFile(name: "people.csv", bytes: Array((header + rows.joined()).utf8)),
            groups: ImportFile(name: "groups.csv", bytes: Array(nested.utf8)))
        return store
    }
}
