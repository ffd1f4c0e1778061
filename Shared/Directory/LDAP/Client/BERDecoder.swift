import CLDAP

/// An answer that is not what its definition says.
struct BERError: Error {}

/// Reads the value of a control one element after the other (liblber: lber-decode(3)).
final class BERDecoder {
    private let element: OpaquePointer

    init(_ bytes: [UInt8]) throws(BERError) {
        let element = bytes.withUnsafeBytes { buffer in
            var value = berval(
                bv_len: ber_len_t(buffer.count),
                bv_val: UnsafeMutablePointer(mutating: buffer.baseAddress?.assumingMemoryBound(to: CChar.self)))
            return ber_init(&value)
        }
        guard let element else { throw BERError() }
        self.element = element
    }

    deinit { ber_free(element, 1) }

    /// The tag of the next element; `nil` at the end.
    var nextTag: UInt? {
        var length = ber_len_t()
        let tag = ber_peek_tag(element, &length)
        return tag == latchkey_ldap_end ? nil : UInt(tag)
    }

    /// An integer or an enumerated value, whatever its tag.
    func integer() throws(BERError) -> Int {
        var value = ber_int_t()
        guard ber_get_int(element, &value) != latchkey_ldap_end else { throw BERError() }
        return Int(value)
    }

    func boolean() throws(BERError) -> Bool {
        var value = ber_int_t()
        guard ber_get_boolean(element, &value) != latchkey_ldap_end else { throw BERError() }
        return value != 0
    }

    /// The bytes of an element, whatever its tag.
    func octets() throws(BERError) -> [UInt8] {
        var value = berval()
        guard ber_skip_element(element, &value) != latchkey_ldap_end else { throw BERError() }
        return bytes(of: value)
    }

    /// A decoder of what the next element holds: a sequence, a set, an explicit tag.
    func nested() throws(BERError) -> BERDecoder { try BERDecoder(try octets()) }
}

/// Tags of elements that are looked at before they are read (X.690 §8.1.2).
enum BERTag {
    static let boolean: UInt = 0x01
    static let integer: UInt = 0x02
    static let octetString: UInt = 0x04

    /// `[n]` around a simple type.
    static func context(_ number: UInt) -> UInt { 0x80 | number }
    /// `[n]` around a sequence, a set or an explicit element.
    static func constructed(_ number: UInt) -> UInt { 0xA0 | number }
}
