import Audit
import AuthClient
import Model
import SQL
import StrictJSON

/// What is asked of the history.
struct HistoryQuery: Sendable {
    var filter = AuditFilter()
    /// Rows about or by whoever the list of users finds by this; `nil`: no matter.
    var name: String?
    let limit: Int
    /// Where the page begins; `nil` for the first.
    let cursor: HistoryCursor?
}

/// A place in the history and the way on from there.
struct HistoryCursor: Sendable {
    let position: AuditPosition
    /// To older rows.
    let isForward: Bool
}

/// A page of the history.
struct HistoryPage: Sendable {
    let page: AuditPage
    let total: AuditTotal
    /// The names of those in it who are in the index now. The history itself holds ids, never people (AU-03).
    let names: [AccountID: String]
}

/// Reads the history, newest first (H1): of one user with the linked accounts, or of everybody in the role's stores.
struct ReadHistory: Sendable {
    let collaborators: Collaborators

    /// Rows are counted up to here; who wants the number of more wants the export.
    static let mostCounted = 1_000
    /// A name may mean so many accounts; more would be no search for somebody.
    static let mostNamed = 50

    func run(_ query: HistoryQuery, for desk: DeskOperator) async throws -> HistoryPage {
        var query = query
        try Self.limit(&query.filter, to: desk)
        if let name = query.name {
            query.filter.accounts = try await accounts(named: name, desk)
            guard !query.filter.accounts.isEmpty else {
                return HistoryPage(
                    page: AuditPage(records: [], next: nil, previous: nil), total: AuditTotal(count: 0, isExact: true),
                    names: [:])
            }
        }
        return try await page(query)
    }

    /// Accounts of the role's stores that the list of users finds by a name.
    func accounts(named name: String, _ desk: DeskOperator) async throws -> [AccountID] {
        let filter = AccountFilter(
            stores: Array(desk.authority.scope), patterns: SearchText.patterns(name))
        let found = try await collaborators.database.read { connection in
            try AccountSearch(filter: filter, position: nil, limit: Self.mostNamed).run(connection)
        }
        guard found.total <= Self.mostNamed else { throw HelpdeskError.nameTooCommon(found.total) }
        return found.accounts.map(\.account.id)
    }

    func run(_ query: HistoryQuery, of user: AccountID, for desk: DeskOperator) async throws -> HistoryPage {
        guard desk.authority.scope.contains(user.store) else {
            throw HelpdeskError.refused(.storeOutOfScope, user)
        }
        var query = query
        query.filter.accounts = try await accounts(of: user, desk.person)
        return try await page(query)
    }

    /// The person's accounts; the account alone where the auth service knows none.
    private func accounts(of user: AccountID, _ person: SignedIn) async throws(HelpdeskError) -> [AccountID] {
        do throws(CallerVerificationError) {
            return Array(try await collaborators.auth.enrollments(of: user, person.credentials).samePerson)
        } catch .refused(let refusal) where refusal.status == 404 {
            return [user]
        } catch {
            throw HelpdeskError(error)
        }
    }

    /// The stores of the role and no others; who manages the configuration sees what belongs to no store, too.
    static func limit(_ filter: inout AuditFilter, to desk: DeskOperator) throws(HelpdeskError) {
        let scope = desk.authority.scope
        guard !scope.isEmpty, filter.stores.isSubset(of: scope) else { throw .refused(.storeOutOfScope, nil) }
        if filter.stores.isEmpty, !desk.authority.permissions.contains(.manageConfiguration) {
            filter.stores = scope
        }
    }

    private func page(_ query: HistoryQuery) async throws -> HistoryPage {
        try await collaborators.database.read { connection in
            let search = AuditSearch(query.filter, connection)
            let page = try search.page(
                from: query.cursor?.position, isForward: query.cursor?.isForward ?? true, limit: query.limit)
            return HistoryPage(
                page: page, total: try search.total(atMost: Self.mostCounted),
                names: try Self.names(in: page, connection))
        }
    }

    private static func names(in page: AuditPage, _ connection: any Connection) throws -> [AccountID: String] {
        let accounts = Set(page.records.flatMap { [$0.event.actor, $0.event.subject].compactMap { $0 } })
        var names: [AccountID: String] = [:]
        for store in Set(accounts.map(\.store)) {
            let entries = accounts.filter { $0.store == store }.map(\.entry)
            for stored in try IndexTable.find(entries, of: store, connection).values {
                if let account = stored.account { names[account.id] = account.name }
            }
        }
        return names
    }
}
