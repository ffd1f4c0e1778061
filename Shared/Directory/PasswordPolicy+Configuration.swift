import Configuration
import Passwords

extension PasswordPolicy {
    /// Reads `minimumLength`, `minimumClasses`, `bannedWords` and `checkQuality` among a store's settings.
    init(_ reader: ConfigurationReader) {
        let standard = PasswordPolicy()
        self.init(
            minimumLength: reader.integer("minimumLength", default: standard.minimumLength, in: 8...64),
            minimumClasses: reader.integer("minimumClasses", default: standard.minimumClasses, in: 0...4),
            bannedWords: reader.strings("bannedWords", default: []),
            checkQuality: reader.bool("checkQuality", default: standard.checkQuality))
    }
}
