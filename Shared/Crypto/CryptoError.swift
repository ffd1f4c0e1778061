/// What goes wrong with keys and hashes. No case carries a secret.
public enum CryptoError: Error, Sendable, Equatable {
    /// The sealed bytes, their context or their key are not the ones that were sealed. Which of them is not told.
    case notAuthentic
    /// Sealed under a key that is not in the folder, named by its id.
    case unknownKey(String)
    /// Not a key of the kind that is wanted here, with the reason.
    case badKey(String)
    /// Too many hashes wait already; ask again later (503).
    case busy
    /// The library refused, with the call's name.
    case failed(String)
}
