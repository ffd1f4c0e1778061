import Model

/// What a row of the route table demands of the caller (OP-02). The service's `authorize` enforces it.
public enum Access: Sendable, Hashable {
    /// Nothing: probes, public keys, sign-in.
    case anybody
    /// A person with a live session.
    case signedIn
    /// A person with a live session whose role has the permission.
    case permission(Permission)
    /// The same, and the person has proved a few minutes ago who sits there: for changes of the configuration.
    case stepUp(Permission)
    /// The other service, by its signed token.
    case service
}
