import CLDAP

/// Writes the value of a control (liblber: lber-encode(3)).
///
/// Memory that cannot be had shows at the end: `bytes` is then `nil`, as it is after a sequence that was not closed.
final class BEREncoder {
    private let element: OpaquePointer?
    private var isBroken = false

    init() {
        element = ber_alloc_t(LBER_USE_DER)
    }

    deinit {
        if let element { ber_free(element, 1) }
    }

    /// A sequence of what the body writes.
    func sequence(_ body: (BEREncoder) -> Void) {
        note(ber_start_seq(element, latchkey_ldap_sequence))
        body(self)
        note(ber_put_seq(element))
    }

    func integer(_ value: Int32) { note(ber_put_int(element, value, latchkey_ldap_end)) }

    func enumerated(_ value: Int32) { note(ber_put_enum(element, value, latchkey_ldap_end)) }

    func boolean(_ value: Bool) { note(ber_put_boolean(element, value ? 1 : 0, latchkey_ldap_end)) }

    func octets(_ value: [UInt8]) {
        value.withUnsafeBytes { bytes in
            // An empty string has no address, and liblber wants one.
            let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            note("".withCString { ber_put_ostring(element, start ?? $0, ber_len_t(bytes.count), latchkey_ldap_end) })
        }
    }

    /// What was written; `nil` when something did not take.
    var bytes: [UInt8]? {
        var value = berval()
        guard let element, !isBroken, ber_flatten2(element, &value, 0) == 0 else { return nil }
        return Directory.bytes(of: value)
    }

    private func note(_ result: Int32) {
        if result < 0 { isBroken = true }
    }
}
