import CLDAP

/// Lends libldap's form of the controls, a list that ends with nothing.
func withControls<Result>(
    _ controls: [LDAPControl], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CLDAP.LDAPControl>?>?) -> Result
) -> Result {
    var arena = CArena()
    defer { arena.free() }
    var list = controls.map { control in
        arena.place(
            CLDAP.LDAPControl(
                ldctl_oid: arena.string(control.id), ldctl_value: control.value.map { arena.value($0) } ?? berval(),
                ldctl_iscritical: control.isCritical ? 1 : 0)) as UnsafeMutablePointer<CLDAP.LDAPControl>?
    }
    list.append(nil)
    return list.withUnsafeMutableBufferPointer { body($0.baseAddress) }
}

/// Lends libldap's form of the changes.
func withModifications<Result>(
    _ changes: [LDAPModification], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<LDAPMod>?>?) -> Result
) -> Result {
    var arena = CArena()
    defer { arena.free() }
    var list = changes.map { change in
        let kind =
            switch change.kind {
            case .add: LDAP_MOD_ADD
            case .delete: LDAP_MOD_DELETE
            case .replace: LDAP_MOD_REPLACE
            }
        var modification = LDAPMod()
        modification.mod_op = kind | LDAP_MOD_BVALUES
        modification.mod_type = arena.string(change.attribute.text)
        if !change.values.isEmpty {
            let values = change.values.map { arena.place(arena.value($0)) as UnsafeMutablePointer<berval>? }
            modification.mod_vals.modv_bvals = arena.list(values + [nil])
        }
        return arena.place(modification) as UnsafeMutablePointer<LDAPMod>?
    }
    list.append(nil)
    return list.withUnsafeMutableBufferPointer { body($0.baseAddress) }
}

/// Lends a list of C strings that ends with nothing.
func withStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Result
) -> Result {
    var arena = CArena()
    defer { arena.free() }
    var list = strings.map { arena.string($0) as UnsafeMutablePointer<CChar>? }
    list.append(nil)
    return list.withUnsafeMutableBufferPointer { body($0.baseAddress) }
}
