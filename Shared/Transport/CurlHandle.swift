import CCurl
import Glibc
import Model

/// One libcurl easy handle with the connections it keeps open (libcurl-easy(3)).
///
/// `@unchecked Sendable`: a handle is used by one thread at a time, which `CurlHandles` sees to.
final class CurlHandle: @unchecked Sendable {
    private let easy: UnsafeMutableRawPointer
    private let message: UnsafeMutablePointer<CChar>
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    private var mime: OpaquePointer?

    init() throws(TransportError) {
        guard CurlLibrary.isReady, let easy = curl_easy_init() else {
            throw .failed("libcurl cannot be started")
        }
        self.easy = easy
        message = .allocate(capacity: Int(CURL_ERROR_SIZE))
    }

    deinit {
        releaseInputs()
        curl_easy_cleanup(easy)
        message.deallocate()
    }

    /// Forgets all options but keeps the connections, then sets what every transfer wants: no signals, no proxy from
    /// the environment, TLS 1.2 or later with certificate and host name checked, nothing longer than the deadline.
    func prepare(protocols: String, caFile: String?, deadline: Duration) throws(TransportError) {
        releaseInputs()
        curl_easy_reset(easy)
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try check(latchkey_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, message))
        let milliseconds = max(1, Int(clamping: deadline.wholeMicroseconds / 1_000))
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_PROXY, "")
        try set(CURLOPT_PROTOCOLS_STR, protocols)
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        try set(CURLOPT_TIMEOUT_MS, milliseconds)
        try set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds)
        try set(CURLOPT_SSLVERSION, latchkey_curl_tls_1_2)
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        if let caFile { try set(CURLOPT_CAINFO, caFile) }
    }

    func set(_ option: CURLoption, _ value: Int) throws(TransportError) {
        try check(latchkey_curl_set_long(easy, option, value))
    }

    /// libcurl copies the text.
    func set(_ option: CURLoption, _ value: String) throws(TransportError) {
        guard !value.utf8.contains(0) else { throw .failed("a NUL byte in an option") }
        try check(latchkey_curl_set_string(easy, option, value))
    }

    /// libcurl copies the secret; our own copy is wiped.
    func set(_ option: CURLoption, _ value: Secret) throws(TransportError) {
        var bytes = value.copyBytes() + [0]
        defer { wipe(&bytes) }
        guard bytes.firstIndex(of: 0) == value.count else { throw .failed("a NUL byte in a secret") }
        let code = bytes.withUnsafeBytes {
            latchkey_curl_set_string(easy, option, $0.assumingMemoryBound(to: CChar.self).baseAddress)
        }
        try check(code)
    }

    /// A list of texts, kept until the next `prepare`.
    func set(_ option: CURLoption, _ values: [String]) throws(TransportError) {
        var list: UnsafeMutablePointer<curl_slist>?
        for value in values {
            guard let longer = curl_slist_append(list, value) else {
                curl_slist_free_all(list)
                throw .failed("out of memory")
            }
            list = longer
        }
        if let list { lists.append(list) }
        try check(latchkey_curl_set_list(easy, option, list))
    }

    /// Parts in quoted-printable, each with its media type, kept until the next `prepare` (curl_mime_init(3)).
    func setMailParts(_ parts: [(type: String, bytes: [UInt8])]) throws(TransportError) {
        guard let mime = curl_mime_init(easy) else { throw .failed("out of memory") }
        self.mime = mime
        for content in parts {
            guard let part = curl_mime_addpart(mime) else { throw .failed("out of memory") }
            let code = content.bytes.withUnsafeBytes {
                curl_mime_data(part, $0.assumingMemoryBound(to: CChar.self).baseAddress, $0.count)
            }
            try check(code)
            try check(curl_mime_type(part, content.type))
            try check(curl_mime_encoder(part, "quoted-printable"))
        }
        try check(latchkey_curl_set_mime(easy, CURLOPT_MIMEPOST, mime))
    }

    /// Runs the transfer; `collector` takes what comes back.
    func perform(body: [UInt8]?, collector: CurlCollector) throws(TransportError) -> CurlOutcome {
        let context = Unmanaged.passUnretained(collector).toOpaque()
        try check(latchkey_curl_set_data(easy, CURLOPT_WRITEFUNCTION, CurlCollector.takeBody))
        try check(latchkey_curl_set_pointer(easy, CURLOPT_WRITEDATA, context))
        try check(latchkey_curl_set_data(easy, CURLOPT_HEADERFUNCTION, CurlCollector.takeHeader))
        try check(latchkey_curl_set_pointer(easy, CURLOPT_HEADERDATA, context))
        let code = withExtendedLifetime(collector) { transfer(body) }
        var response = 0
        latchkey_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &response)
        return CurlOutcome(code: code, response: response, message: String(cString: message))
    }

    private func transfer(_ body: [UInt8]?) -> CURLcode {
        guard let body else { return curl_easy_perform(easy) }
        return body.withUnsafeBytes { bytes in
            latchkey_curl_set_long(easy, CURLOPT_POSTFIELDSIZE, bytes.count)
            // An empty array has no address, and libcurl takes a null pointer for "read the body from a callback".
            guard let start = bytes.baseAddress else {
                latchkey_curl_set_string(easy, CURLOPT_COPYPOSTFIELDS, "")
                return curl_easy_perform(easy)
            }
            latchkey_curl_set_pointer(easy, CURLOPT_POSTFIELDS, start)
            return curl_easy_perform(easy)
        }
    }

    private func releaseInputs() {
        for list in lists { curl_slist_free_all(list) }
        lists = []
        if let mime { curl_mime_free(mime) }
        mime = nil
    }

    private func check(_ code: CURLcode) throws(TransportError) {
        guard code == CURLE_OK else { throw .failed(String(cString: curl_easy_strerror(code))) }
    }
}

private func wipe(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { buffer in
        guard let start = buffer.baseAddress else { return }
        explicit_bzero(start, buffer.count)
    }
}

/// How a transfer ended.
struct CurlOutcome {
    let code: CURLcode
    /// The last status or reply code of the server; 0 when there was none.
    let response: Int
    let message: String

    /// The error for a transfer that failed; `nil` for one that did not.
    var error: TransportError? {
        switch code {
        case CURLE_OK: nil
        case CURLE_OPERATION_TIMEDOUT: .timedOut
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_GOT_NOTHING, CURLE_SEND_ERROR,
            CURLE_RECV_ERROR, CURLE_PARTIAL_FILE, CURLE_SEND_FAIL_REWIND:
            .unreachable
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE,
            CURLE_USE_SSL_FAILED, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_INVALIDCERTSTATUS:
            .tls(text)
        case CURLE_FILESIZE_EXCEEDED: .tooLarge
        default: .failed(text)
        }
    }

    private var text: String {
        message.isEmpty ? String(cString: curl_easy_strerror(code)) : message
    }
}

/// libcurl's own start, once a process (curl_global_init(3)).
private enum CurlLibrary {
    static let isReady = curl_global_init(latchkey_curl_global_all) == CURLE_OK
}
