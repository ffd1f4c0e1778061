import Model

/// The languages messages are written in.
public enum MessageLanguage: String, CaseIterable, Sendable {
    /// English.
    case english = "en"
    /// German.
    case german = "de"
    /// Spanish.
    case spanish = "es"

    /// The language for a preference as a directory or a browser states it (RFC 4647 §3.4); where there is none that we
    /// have, the standard.
    public init(preference: String?, standard: MessageLanguage) {
        let match = preference.flatMap { LanguagePriority($0).lookup(in: Self.allCases) { $0.rawValue } }
        self = match ?? standard
    }

    /// The words of the language.
    var words: any MessageWords.Type {
        switch self {
        case .english: English.self
        case .german: German.self
        case .spanish: Spanish.self
        }
    }
}
