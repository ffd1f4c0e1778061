import CCurl
import Glibc

/// Domain names with other letters than ASCII, in the form that DNS and every mail server know (RFC 5891 §4.4).
enum InternationalDomain {
    /// `xn--mnchen-3ya.example` of `münchen.example`; `nil` for what is no such name.
    ///
    /// libcurl asks libidn2, which takes the text to be in the encoding of the thread's locale; ours is UTF-8 for as long
    /// as that takes, whatever the process was started with (curl_url_get(3), uselocale(3)).
    static func ascii(_ domain: String) -> String? {
        let isName = domain.unicodeScalars.allSatisfy { $0.isASCII ? isDomainScalar($0) : $0.value > 0x9F }
        guard isName, !domain.isEmpty, let utf8 = newlocale(1 << LC_CTYPE, "C.UTF-8", nil) else { return nil }
        let before = uselocale(utf8)
        defer {
            uselocale(before)
            freelocale(utf8)
        }
        return punycode(domain)
    }

    private static func punycode(_ domain: String) -> String? {
        guard let url = curl_url() else { return nil }
        defer { curl_url_cleanup(url) }
        guard curl_url_set(url, CURLUPART_URL, "http://\(domain)/", 0) == CURLUE_OK else { return nil }
        var host: UnsafeMutablePointer<CChar>?
        guard curl_url_get(url, CURLUPART_HOST, &host, UInt32(CURLU_PUNYCODE)) == CURLUE_OK, let host else {
            return nil
        }
        defer { curl_free(host) }
        return String(cString: host)
    }
}

private func isDomainScalar(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", ".": true
    default: false
    }
}
