import CLDAP
import Glibc
import Model
import Platform

/// One connection to one server (libldap). Every call blocks; the pool sees to it that one thread at a time uses it and
/// that nothing is done with it after a failure.
///
/// `@unchecked Sendable`: moved between the pool's threads, never shared by them.
final class LDAPConnection: @unchecked Sendable {
    /// The server.
    let server: LDAPServer
    /// When it was made (CLOCK_MONOTONIC), in nanoseconds.
    let madeAt = MonotonicTime.nanoseconds()
    private let handle: OpaquePointer
    private let patience: UnsafeMutablePointer<latchkey_ldap_patience>
    private let callback: UnsafeMutablePointer<ldap_conncb>

    /// Connects and checks the certificate; nothing else is sent before (ldap_connect, ldap_install_tls(3)).
    init(to server: LDAPServer, settings: LDAPServerSettings, deadline: LDAPDeadline) throws(LDAPFailure) {
        var handle: OpaquePointer?
        let scheme = settings.security == .ldaps ? "ldaps" : "ldap"
        guard ldap_initialize(&handle, "\(scheme)://\(server)") == LDAP_SUCCESS, let handle else {
            throw .unreachable("libldap takes no server \(server)")
        }
        self.server = server
        self.handle = handle
        patience = .allocate(capacity: 1)
        patience.initialize(to: latchkey_ldap_patience(end: deadline.nanoseconds))
        callback = .allocate(capacity: 1)
        callback.initialize(to: ldap_conncb())
        latchkey_ldap_watch(callback, patience)
        try setOptions(settings, deadline)
        try open(settings.security, deadline)
    }

    deinit {
        // The goodbye waits for nobody.
        patience.pointee.end = 0
        ldap_unbind_ext(handle, nil, nil)
        callback.deallocate()
        patience.deallocate()
    }

    /// Whether the server has said something nobody asked for, which is a goodbye, or has closed the connection.
    var isStale: Bool {
        var descriptor = Int32(-1)
        guard ldap_get_option(handle, LDAP_OPT_DESC, &descriptor) == LDAP_OPT_SUCCESS, descriptor >= 0 else {
            return true
        }
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&ready, 1, 0) != 0
    }
}

// Opening
extension LDAPConnection {
    /// Everything a file of the machine's or a variable of the environment could have set otherwise (ldap.conf(5)).
    private func setOptions(_ settings: LDAPServerSettings, _ deadline: LDAPDeadline) throws(LDAPFailure) {
        try set(LDAP_OPT_PROTOCOL_VERSION, LDAP_VERSION3)
        try set(LDAP_OPT_DEREF, LDAP_DEREF_NEVER)
        try set(LDAP_OPT_SIZELIMIT, 0)
        try set(LDAP_OPT_TIMELIMIT, 0)
        // Referrals are told, not followed: libldap would follow them without credentials and without the deadline.
        try check(ldap_set_option(handle, LDAP_OPT_REFERRALS, nil), "referrals")
        var remaining = deadline.remaining
        try check(ldap_set_option(handle, LDAP_OPT_NETWORK_TIMEOUT, &remaining), "network deadline")
        try check(ldap_set_option(handle, LDAP_OPT_TIMEOUT, &remaining), "deadline")
        try check(ldap_set_option(handle, LDAP_OPT_CONNECT_CB, callback), "connect callback")
        try set(LDAP_OPT_X_TLS_REQUIRE_CERT, LDAP_OPT_X_TLS_DEMAND)
        try set(LDAP_OPT_X_TLS_PROTOCOL_MIN, latchkey_ldap_tls_1_2)
        if let file = settings.caFile {
            try check(ldap_set_option(handle, LDAP_OPT_X_TLS_CACERTDIR, nil), "certificate folder")
            try check(ldap_set_option(handle, LDAP_OPT_X_TLS_CACERTFILE, file), "certificate file")
        }
        guard ldap_set_option(handle, LDAP_OPT_X_TLS_NEWCTX, [Int32(0)]) == LDAP_OPT_SUCCESS else {
            throw .unreachable("TLS cannot be set up; is \(settings.caFile ?? "the system's certificate file") there?")
        }
    }

    private func set(_ option: Int32, _ value: Int32) throws(LDAPFailure) {
        try check(ldap_set_option(handle, option, [value]), "option \(option)")
    }

    private func check(_ result: Int32, _ what: String) throws(LDAPFailure) {
        guard result == LDAP_OPT_SUCCESS else { throw .unreachable("libldap does not take the \(what)") }
    }

    private func open(_ security: LDAPServerSettings.Security, _ deadline: LDAPDeadline) throws(LDAPFailure) {
        let result = ldap_connect(handle)
        guard result == LDAP_SUCCESS else { throw .unreachable("\(server): \(reason(result))") }
        guard security == .startTLS else { return }
        var id = Int32()
        let sent = ldap_start_tls(handle, nil, nil, &id)
        guard sent == LDAP_SUCCESS else { throw .unreachable("\(server): StartTLS: \(reason(sent))") }
        guard case .done(let answer) = try nextItem(of: id, deadline), answer.code == .success else {
            throw .unreachable("\(server): the server offers no StartTLS")
        }
        let installed = ldap_install_tls(handle)
        guard installed == LDAP_SUCCESS else { throw .unreachable("\(server): StartTLS: \(reason(installed))") }
    }
}

// Operations
extension LDAPConnection {
    /// A simple bind (RFC 4513 §5.1.3). An empty password would be a bind as nobody, which succeeds: it is refused here.
    func bind(
        _ name: String, _ password: Secret, controls: [LDAPControl] = [], _ deadline: LDAPDeadline
    ) throws(LDAPFailure) -> LDAPResult {
        guard password.count > 0, !name.isEmpty, !name.utf8.contains(0) else {
            throw .notSent("a bind without name or password")
        }
        var id = Int32()
        let sent = password.withBytes { bytes in
            var credentials = berval(
                bv_len: ber_len_t(bytes.count),
                bv_val: UnsafeMutablePointer(mutating: bytes.baseAddress?.assumingMemoryBound(to: CChar.self)))
            return withControls(controls) { ldap_sasl_bind(handle, name, nil, &credentials, $0, nil, &id) }
        }
        return try result(of: id, sent: sent, deadline)
    }

    /// Changes an entry, all of it or nothing.
    func modify(
        _ dn: String, _ changes: [LDAPModification], controls: [LDAPControl] = [], _ deadline: LDAPDeadline
    ) throws(LDAPFailure) -> LDAPResult {
        guard !dn.utf8.contains(0) else { throw .notSent("a NUL byte in a name") }
        var id = Int32()
        let sent = withModifications(changes) { list in
            withControls(controls) { ldap_modify_ext(handle, dn, list, $0, nil, &id) }
        }
        return try result(of: id, sent: sent, deadline)
    }

    /// The assertion control's numbers (RFC 4528).
    static let assertion = "1.3.6.1.1.12"

    /// A control that lets an operation happen only while its entry matches (ldap_create_assertion_control_value(3)).
    func asserting(_ filter: LDAPFilter) throws(LDAPFailure) -> LDAPControl {
        var value = berval()
        var text = Array(filter.text.utf8CString)
        guard ldap_create_assertion_control_value(handle, &text, &value) == LDAP_SUCCESS else {
            throw .notSent("libldap takes no assertion")
        }
        defer { ber_memfree(value.bv_val) }
        return LDAPControl(Self.assertion, value: bytes(of: value), isCritical: true)
    }

    /// Searches and hands over what comes, the end excepted, which is the result.
    func search(
        _ search: LDAPSearch, _ deadline: LDAPDeadline, receive: (LDAPSearchItem) -> Void
    ) throws(LDAPFailure) -> LDAPResult {
        let id = try begin(search)
        while true {
            let item = try nextItem(of: id, deadline)
            if case .done(let result) = item { return result }
            receive(item)
        }
    }

    /// The entries of a search that has few.
    func entries(
        _ search: LDAPSearch, _ deadline: LDAPDeadline
    ) throws(LDAPFailure) -> (entries: [LDAPEntry], result: LDAPResult) {
        var entries: [LDAPEntry] = []
        let result = try self.search(search, deadline) { item in
            if case .entry(let entry) = item { entries.append(entry) }
        }
        return (entries, result)
    }

    /// Sends a search, whose answers `nextItem` reads.
    func begin(_ search: LDAPSearch) throws(LDAPFailure) -> Int32 {
        guard !search.base.utf8.contains(0) else { throw .notSent("a NUL byte in a name") }
        let scope =
            switch search.scope {
            case .base: latchkey_ldap_scope_base
            case .oneLevel: latchkey_ldap_scope_one
            case .subtree: latchkey_ldap_scope_subtree
            }
        var id = Int32()
        let sent = withStrings(search.attributes.map(\.text)) { names in
            withControls(search.controls) { controls in
                ldap_search_ext(
                    handle, search.base, scope, search.filter.text, names, 0, controls, nil, nil, search.sizeLimit, &id)
            }
        }
        guard sent == LDAP_SUCCESS else { throw failure(sending: sent) }
        return id
    }

    /// The next message of an operation (ldap_result(3)).
    func nextItem(of id: Int32, _ deadline: LDAPDeadline) throws(LDAPFailure) -> LDAPSearchItem {
        patience.pointee.end = deadline.nanoseconds
        var message: OpaquePointer?
        var remaining = deadline.remaining
        let kind = ldap_result(handle, id, LDAP_MSG_ONE, &remaining, &message)
        defer { if let message { ldap_msgfree(message) } }
        guard kind != 0 else { throw .lost("\(server): no answer before the deadline") }
        guard kind > 0, let message else { throw .lost("\(server): \(reason(option(LDAP_OPT_RESULT_CODE)))") }
        let answer = LDAPAnswer(handle: handle, message: message)
        switch kind {
        case latchkey_ldap_entry: return .entry(try answer.entry())
        case latchkey_ldap_reference: return .reference(try answer.reference())
        case latchkey_ldap_intermediate: return try answer.intermediate()
        default: return .done(try answer.result())
        }
    }

    private func result(of id: Int32, sent: Int32, _ deadline: LDAPDeadline) throws(LDAPFailure) -> LDAPResult {
        guard sent == LDAP_SUCCESS else { throw failure(sending: sent) }
        while true {
            if case .done(let result) = try nextItem(of: id, deadline) { return result }
        }
    }

    /// A request libldap gave up on has not left as a whole, and a server does nothing with a part of one. Only where
    /// the socket was full it may still be on its way.
    private func failure(sending code: Int32) -> LDAPFailure {
        switch code {
        case LDAP_BUSY, LDAP_TIMEOUT: .lost("\(server): \(reason(code))")
        default: .notSent("\(server): \(reason(code))")
        }
    }

    private func option(_ option: Int32) -> Int32 {
        var value = Int32()
        ldap_get_option(handle, option, &value)
        return value
    }

    /// libldap's words, with those of the TLS library where there are some.
    private func reason(_ code: Int32) -> String {
        var text: UnsafeMutablePointer<CChar>?
        ldap_get_option(handle, LDAP_OPT_DIAGNOSTIC_MESSAGE, &text)
        defer { ldap_memfree(text) }
        let words = String(cString: ldap_err2string(code))
        guard let text, text.pointee != 0 else { return words }
        return words + ": " + String(cString: text)
    }
}
