import Model
import TextFolding

/// The form a password is hashed in: normalization form C, so that it is the same from every keyboard (RFC 8265 §4.2).
/// ASCII, and what is not UTF-8, stays as it is.
func prepared(_ password: Secret) -> Secret {
    let isASCII = password.withBytes { bytes in bytes.allSatisfy { $0 < 0x80 } }
    guard !isASCII, let text = password.copyText() else { return password }
    return Secret(TextFolding.nfc(text))
}
