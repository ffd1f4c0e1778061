/// The control that makes an administrative reset heed the password history too (MS-ADTS §3.1.1.3.4.1.30). Windows has
/// it since Server 2008 R2 with an update; Samba does not.
enum PolicyHints {
    static let id = "1.2.840.113556.1.4.2239"

    /// Asks for the history to be heeded.
    static let request: LDAPControl = {
        let encoder = BEREncoder()
        encoder.sequence { $0.integer(1) }
        return LDAPControl(id, value: encoder.bytes, isCritical: true)
    }()
}
