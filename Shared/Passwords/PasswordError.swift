/// Why passwords cannot be checked at all.
public enum PasswordError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The cracklib dictionary cannot be loaded.
    case noDictionary
    /// libpwquality cannot be set up.
    case failed

    /// A sentence for the operator who starts the service.
    public var description: String {
        switch self {
        case .noDictionary:
            "the dictionary of cracklib cannot be loaded; install cracklib-runtime and run update-cracklib"
        case .failed: "libpwquality cannot be set up"
        }
    }
}
