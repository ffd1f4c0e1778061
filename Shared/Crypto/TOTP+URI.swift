import Model

extension TOTP {
    /// The `otpauth://` URI an authenticator app reads (Key Uri Format), percent-encoded by RFC 3986 (TP-04).
    ///
    /// It holds the secret: show it once, store it never.
    public static func uri(secret: Secret, issuer: String, account: String) -> String {
        let issuer = percentEncoded(issuer)
        let key = secret.withBytes { Base32.encode($0) }
        return "otpauth://totp/\(issuer):\(percentEncoded(account))?secret=\(key)&issuer=\(issuer)"
            + "&algorithm=SHA1&digits=\(SecurityLimits.totpDigits)&period=\(SecurityLimits.totpStepSeconds)"
    }

    /// Everything but the unreserved characters of RFC 3986 §2.3 as `%XX` of its UTF-8.
    private static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isUnreserved(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0x0F)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default:
            false
        }
    }
}
