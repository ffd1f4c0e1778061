import Audit
import Model
import SQL
import StrictJSON

/// One role before and after: made, changed or removed.
public struct RoleChange: Sendable {
    /// The role as it was; `nil`: there was none.
    let old: RoleConfiguration?
    /// The role as it will be; `nil`: there will be none.
    let new: RoleConfiguration?
    /// Its store.
    public let store: StoreID
    /// Its name.
    public let id: RoleID

    /// A role made or changed.
    init(old: RoleConfiguration?, new: RoleConfiguration) {
        self.old = old
        self.new = new
        store = new.store
        id = new.id
    }

    /// The end of a role.
    init(removing old: RoleConfiguration) {
        self.old = old
        new = nil
        store = old.store
        id = old.id
    }

    /// What happens: `roleCreated`, `roleChanged` or `roleRemoved`.
    public var action: String {
        if old == nil { return "roleCreated" }
        return new == nil ? "roleRemoved" : "roleChanged"
    }

    /// The settings that differ.
    public var settings: [SettingChange] {
        SettingChange.between(old?.json ?? .object([]), new?.json ?? .object([]))
    }

    /// What leads from one set of roles to another: the same names, or none on one side.
    public static func between(_ old: [RoleConfiguration], _ new: [RoleConfiguration]) -> [RoleChange] {
        let removed = old.filter { role in !new.contains { $0.isNamed(like: role) } }.map(RoleChange.init(removing:))
        return removed
            + new.compactMap { role in
                let before = old.first { $0.isNamed(like: role) }
                return before?.json == role.json ? nil : RoleChange(old: before, new: role)
            }
    }

    /// Writes changes and their history.
    ///
    /// - Parameter event: what is known of the change already: who, when, from where.
    /// - Returns: the revision they make.
    @discardableResult
    static func save(
        _ changes: [RoleChange], as event: AuditEvent, _ audit: AuditLog, _ transaction: Transaction
    ) throws -> Int64 {
        let revision = try RoleStore.raiseRevision(transaction)
        // All that goes and changes first: two roles may exchange their priorities.
        for change in changes where change.old != nil {
            try RoleStore.remove(change.id, of: change.store, transaction)
        }
        for change in changes {
            if let new = change.new { try RoleStore.save(new, revision: revision, transaction) }
            _ = try audit.append(change.told(in: event), in: transaction)
        }
        return revision
    }

    /// The row of the history: what, from, to.
    private func told(in event: AuditEvent) -> AuditEvent {
        event.about(nil, action: action).with { event in
            event.store = store
            event.detail = [
                JSONMember(name: "role", value: .string(id.text)),
                JSONMember(name: "changes", value: .array(settings.map(\.json))),
            ]
        }
    }
}

/// One setting that two states of something differ in.
public struct SettingChange: Sendable, Equatable {
    /// Where it stands (RFC 6901).
    public let pointer: String
    /// Its value before; `nil`: it was not said.
    public let from: JSON?
    /// Its value after; `nil`: it is not said.
    public let to: JSON?

    /// As the history has it.
    public var json: JSON { .object(["setting": .string(pointer), "from": from, "to": to]) }

    /// Every difference of two objects, in the order of the settings. Lists are compared whole.
    public static func between(_ old: JSON, _ new: JSON, at pointer: String = "") -> [SettingChange] {
        guard case .object(let before) = old, case .object(let after) = new else {
            return old == new ? [] : [SettingChange(pointer: pointer, from: old, to: new)]
        }
        let added = after.filter { member in !before.contains { $0.name == member.name } }
        return (before + added).flatMap { member -> [SettingChange] in
            let place = pointer + JSONPointer.token(member.name)
            switch (old[member.name], new[member.name]) {
            case (let from?, let to?): return between(from, to, at: place)
            case (let from, let to): return [SettingChange(pointer: place, from: from, to: to)]
            }
        }
    }
}
