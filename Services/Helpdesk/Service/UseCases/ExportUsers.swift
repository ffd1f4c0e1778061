import Directory
import Export
import Model
import Policy
import StrictJSON
import Web

/// Sends users as a file (X1), as the index knows them: no directory is asked for a million people.
struct ExportUsers: Sendable {
    let collaborators: Collaborators

    private static let pageSize = 2_000

    func run(_ selection: UserSelection, _ format: ExportFormat, for desk: DeskOperator) async throws -> Response {
        do {
            return try await answer(selection, format, desk)
        } catch let error as HelpdeskError where error == .refused(.storeOutOfScope, nil) {
            try await RecordRefusal(collaborators: collaborators).run(
                .storeOutOfScope, of: "exportUsers", on: nil, by: desk.person)
            throw error
        }
    }

    private func answer(
        _ selection: UserSelection, _ format: ExportFormat, _ desk: DeskOperator
    ) async throws -> Response {
        switch selection {
        case .listed(let query, let except): try await listed(query, except, format, desk)
        case .ticked(let accounts): try await ticked(accounts, format, desk)
        }
    }

    private func listed(
        _ query: UserQuery, _ except: Set<AccountID>, _ format: ExportFormat, _ desk: DeskOperator
    ) async throws -> Response {
        let list = ListUsers(collaborators: collaborators)
        let stores = try list.stores(query, desk)
        let (filter, now) = (AccountFilter(query, stores: stores.map(\.id)), collaborators.clock.now())
        let left = Set(except.map(\.text))
        let database = collaborators.database
        let download = Download<AccountPosition>(
            collaborators: collaborators,
            subject: ExportSubject(
                name: "users", layout: UserTable.layout, detail: Self.detail(query, except: except.count)),
            format: format, person: desk.person
        ) { position in
            let found = try await database.read { connection in
                try SearchTable(filter: filter, connection: connection).exported(from: position, limit: Self.pageSize)
            }
            let table = UserTable(stores, at: now)
            let shown = left.isEmpty ? found : found.filter { !left.contains($0.store + "~" + $0.entry) }
            let next =
                found.count == Self.pageSize
                ? found.last.map {
                    AccountPosition(afterKey: $0.sortKey, store: $0.store, entry: $0.entry)
                } : nil
            return ExportPage(rows: shown.map(table.cells), next: next)
        }
        return try await download.response()
    }

    private func ticked(_ accounts: [AccountID], _ format: ExportFormat, _ desk: DeskOperator) async throws -> Response
    {
        let list = ListUsers(collaborators: collaborators)
        var query = UserQuery()
        query.stores = Array(Set(accounts.map(\.store)))
        let stores = try list.stores(query, desk)
        let (filter, now) = (AccountFilter(UserQuery(), stores: stores.map(\.id)), collaborators.clock.now())
        let database = collaborators.database
        let download = Download<AccountPosition>(
            collaborators: collaborators,
            subject: ExportSubject(
                name: "users", layout: UserTable.layout,
                detail: [JSONMember(name: "ticked", value: .integer(Int64(accounts.count)))]),
            format: format, person: desk.person
        ) { _ in
            let found = try await database.read { connection in
                try SearchTable(filter: filter, connection: connection).exported(accounts)
            }
            let table = UserTable(stores, at: now)
            return ExportPage(rows: found.map(table.cells), next: nil)
        }
        return try await download.response()
    }

    private static func detail(_ query: UserQuery, except: Int) -> [JSONMember] {
        func list(_ name: String, _ texts: [String]) -> [JSONMember] {
            texts.isEmpty ? [] : [JSONMember(name: name, value: .array(texts.sorted().map(JSON.string)))]
        }
        return list("stores", query.stores.map(\.text)) + list("enrolledWith", query.enrolledWith.map(\.rawValue))
            + list("notEnrolledWith", query.notEnrolledWith.map(\.rawValue))
            + (query.text == nil ? [] : [JSONMember(name: "searched", value: true)])
            + (except == 0 ? [] : [JSONMember(name: "except", value: .integer(Int64(except)))])
    }
}
