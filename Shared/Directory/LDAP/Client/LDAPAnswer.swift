import CLDAP

/// One message of a server, read into values. It lives as long as libldap's message.
struct LDAPAnswer {
    let handle: OpaquePointer
    let message: OpaquePointer

    /// The end of an operation (ldap_parse_result(3)).
    func result() throws(LDAPFailure) -> LDAPResult {
        var code = Int32()
        var matched: UnsafeMutablePointer<CChar>?
        var text: UnsafeMutablePointer<CChar>?
        var referrals: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        var controls: UnsafeMutablePointer<UnsafeMutablePointer<CLDAP.LDAPControl>?>?
        guard ldap_parse_result(handle, message, &code, &matched, &text, &referrals, &controls, 0) == LDAP_SUCCESS
        else { throw .malformed("a result that cannot be read") }
        defer {
            ldap_memfree(matched)
            ldap_memfree(text)
            ldap_memvfree(UnsafeMutableRawPointer(referrals)?.assumingMemoryBound(to: UnsafeMutableRawPointer?.self))
            ldap_controls_free(controls)
        }
        return LDAPResult(
            code: LDAPResultCode(rawValue: code), message: text.map { String(cString: $0) } ?? "",
            matchedDN: matched.map { String(cString: $0) } ?? "", referrals: Self.strings(referrals),
            controls: Self.controls(controls))
    }

    /// An entry (ldap_get_dn_ber, ldap_get_attribute_ber).
    ///
    /// Controls first: to read a value in place writes a NUL behind it, and behind the last one stand the controls.
    func entry() throws(LDAPFailure) -> LDAPEntry {
        var controls: UnsafeMutablePointer<UnsafeMutablePointer<CLDAP.LDAPControl>?>?
        guard ldap_get_entry_controls(handle, message, &controls) == LDAP_SUCCESS else {
            throw .malformed("controls that cannot be read")
        }
        defer { ldap_controls_free(controls) }
        var element: OpaquePointer?
        var name = berval()
        guard ldap_get_dn_ber(handle, message, &element, &name) == LDAP_SUCCESS, let element,
            let dn = String(validating: bytes(of: name), as: UTF8.self)
        else { throw .malformed("an entry without a readable name") }
        defer { ber_free(element, 0) }
        var attributes: [String: [[UInt8]]] = [:]
        while true {
            var attribute = berval()
            var values: UnsafeMutablePointer<berval>?
            guard ldap_get_attribute_ber(handle, message, element, &attribute, &values) == LDAP_SUCCESS else {
                throw .malformed("an entry that cannot be read: \(dn)")
            }
            defer { ldap_memfree(values) }
            guard attribute.bv_val != nil else { break }
            let key = String(decoding: bytes(of: attribute), as: UTF8.self).lowercased()
            attributes[key, default: []] += Self.values(values)
        }
        return LDAPEntry(dn: dn, attributes: attributes, controls: Self.controls(controls))
    }

    /// A search continuation (ldap_parse_reference(3)).
    func reference() throws(LDAPFailure) -> [String] {
        var referrals: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        guard ldap_parse_reference(handle, message, &referrals, nil, 0) == LDAP_SUCCESS else {
            throw .malformed("a reference that cannot be read")
        }
        defer {
            ldap_memvfree(UnsafeMutableRawPointer(referrals)?.assumingMemoryBound(to: UnsafeMutableRawPointer?.self))
        }
        return Self.strings(referrals)
    }

    /// An intermediate message (ldap_parse_intermediate(3)).
    func intermediate() throws(LDAPFailure) -> LDAPSearchItem {
        var id: UnsafeMutablePointer<CChar>?
        var value: UnsafeMutablePointer<berval>?
        guard ldap_parse_intermediate(handle, message, &id, &value, nil, 0) == LDAP_SUCCESS else {
            throw .malformed("an intermediate message that cannot be read")
        }
        defer {
            ldap_memfree(id)
            ber_bvfree(value)
        }
        return .intermediate(
            id: id.map { String(cString: $0) } ?? "", value: value.map { bytes(of: $0.pointee) } ?? [])
    }

    /// Values end with one that has no address.
    private static func values(_ first: UnsafeMutablePointer<berval>?) -> [[UInt8]] {
        var values: [[UInt8]] = []
        var next = first
        while let pointer = next, pointer.pointee.bv_val != nil {
            values.append(bytes(of: pointer.pointee))
            next = pointer + 1
        }
        return values
    }

    private static func strings(_ first: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> [String] {
        var strings: [String] = []
        var next = first
        while let pointer = next, let text = pointer.pointee {
            strings.append(String(cString: text))
            next = pointer + 1
        }
        return strings
    }

    private static func controls(
        _ first: UnsafeMutablePointer<UnsafeMutablePointer<CLDAP.LDAPControl>?>?
    ) -> [LDAPControl] {
        var controls: [LDAPControl] = []
        var next = first
        while let pointer = next, let control = pointer.pointee?.pointee {
            let value = control.ldctl_value
            controls.append(
                LDAPControl(
                    String(cString: control.ldctl_oid), value: value.bv_val == nil ? nil : bytes(of: value),
                    isCritical: control.ldctl_iscritical != 0))
            next = pointer + 1
        }
        return controls
    }
}
