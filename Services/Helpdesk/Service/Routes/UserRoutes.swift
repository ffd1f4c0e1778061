import Directory
import Model
import StrictJSON
import Web

/// Stores, users, generated passwords.
struct UserRoutes: Sendable {
    let collaborators: Collaborators

    @Sendable func stores(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let desk = try await call.desk(collaborators)
        let stores = collaborators.stores.all.filter { desk.authority.scope.contains($0.id) }
        return .json(200, .object(["stores": .array(stores.map(\.json))]))
    }

    @Sendable func list(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let desk = try await call.desk(collaborators)
        let page = try call.request.page(standard: 50, maximum: 1_000)
        var query = UserQuery(limit: page.limit)
        if let keys = page.keys {
            query.position = AccountPosition(keys: keys)
            if query.position == nil { throw HelpdeskError.invalidCursor }
        }
        query.text = try call.request.query("q") { (1...256).contains($0.unicodeScalars.count) ? $0 : nil }
        query.stores = try call.request.storeList("store")
        query.enrolledWith = try call.request.list("enrolledWith") { AuthenticationType(rawValue: $0) }
        query.notEnrolledWith = try call.request.list("notEnrolledWith") { AuthenticationType(rawValue: $0) }
        let found = try await ListUsers(collaborators: collaborators).run(query, for: desk)
        return .json(
            200,
            .object([
                "users": .array(found.rows.map(\.json)), "total": .integer(Int64(found.total)),
                "nextCursor": found.next.map { .string(Cursor.encode($0.keys)) },
                "prevCursor": found.previous.map { .string(Cursor.encode($0.keys)) },
                "unavailableStores": .array(found.unavailable.map { .string($0.text) }),
            ]))
    }

    @Sendable func export(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let desk = try await call.desk(collaborators)
        var body = try call.request.json()
        let format = try body.exportFormat()
        let selection = try UserSelection(&body)
        try body.finish()
        return try await ExportUsers(collaborators: collaborators).run(selection, format, for: desk)
    }

    @Sendable func read(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let id = try call.parameter("id") { AccountID($0) }
        let desk = try await call.desk(collaborators)
        return .json(200, try await ReadUser(collaborators: collaborators).run(id, for: desk))
    }

    /// A password is shown only to a role that may see passwords (R11).
    @Sendable func password(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let desk = try await call.desk(collaborators)
        var body = try call.request.json()
        let store = try body.parsed("store", as: "store id") { StoreID($0) }
        try body.finish()
        guard collaborators.stores[store] != nil else { throw HelpdeskError.storeNotFound }
        guard desk.authority.scope.contains(store) else { throw HelpdeskError.refused(.storeOutOfScope, nil) }
        guard desk.authority.policy.operatorMaySeePassword else {
            throw HelpdeskError.refused(.typedPasswordNotAllowed, nil)
        }
        let password = try await collaborators.passwords.generate(for: store)
        return .json(200, .object(["password": .string(password.copyText() ?? "")]))
    }
}

extension IdentityStore {
    fileprivate var json: JSON {
        .object([
            "id": .string(id.text), "name": .string(name), "domain": .string(domain), "kind": .string(kind.rawValue),
            "unlock": capabilities.unlock.json, "reset": capabilities.reset.json,
            "mustChange": capabilities.mustChange.json, "signIn": capabilities.signIn.json,
            "lockState": capabilities.lockState.json, "resetUnlocks": capabilities.resetUnlocks.json,
            "containers": capabilities.containers.json, "unlockOnlyByReset": .bool(capabilities.unlockOnlyByReset),
        ])
    }
}

extension Capability {
    fileprivate var json: JSON {
        switch self {
        case .supported: .object(["supported": true])
        case .unsupported(let reason): .object(["supported": false, "reason": .string(reason)])
        }
    }
}

extension Request {
    /// A parameter with ids of stores, separated by commas; empty when it is missing.
    func storeList(_ name: String) throws(Problem) -> [StoreID] {
        try list(name) { StoreID($0) }
    }

    /// A parameter with values separated by commas, 1 to 32 of them; empty when it is missing.
    func list<Value>(_ name: String, _ convert: (String) -> Value?) throws(Problem) -> [Value] {
        let values = try query(name) { text -> [Value]? in
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            let values = parts.compactMap { convert(String($0)) }
            return (1...32).contains(parts.count) && values.count == parts.count ? values : nil
        }
        return values ?? []
    }
}

extension UserSelection {
    /// Either `users`, or `filter`, whose members are the parameters of the list, and `except`; nothing: everybody.
    fileprivate init(_ body: inout JSONObjectReader) throws(JSONError) {
        let users = try body.list("users") { AccountID($0) }
        let except = try body.list("except") { AccountID($0) }
        let filter = try body.userFilter()
        guard !users.isEmpty else {
            self = .listed(filter ?? UserQuery(), except: Set(except))
            return
        }
        guard filter == nil, except.isEmpty else { throw body.error("users", "cannot come with filter or except") }
        self = .ticked(users)
    }
}

extension JSONObjectReader {
    /// `filter`, whose members are the parameters of the list.
    mutating func userFilter() throws(JSONError) -> UserQuery? {
        guard var filter = try optionalObject("filter") else { return nil }
        var query = UserQuery()
        query.stores = try filter.list("store") { StoreID($0) }
        query.text = try filter.optionalString("q", length: 1...256)
        query.enrolledWith = try filter.list("enrolledWith") { AuthenticationType(rawValue: $0) }
        query.notEnrolledWith = try filter.list("notEnrolledWith") { AuthenticationType(rawValue: $0) }
        try filter.finish()
        return query
    }
}
