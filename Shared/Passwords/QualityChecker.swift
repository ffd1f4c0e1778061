import CPWQuality
import Model
import Platform

/// libpwquality on a thread of its own: called from two at once, it ends the process (cracklib keeps its open
/// dictionary in a global), hence one checker for the whole process, and one caller at a time.
///
/// `@unchecked Sendable`: `settings` is not changed after `init` and read under `turn`.
final class QualityChecker: @unchecked Sendable {
    /// The process's checker, made at first use.
    static let shared = Result { () throws(PasswordError) in try QualityChecker() }

    /// Holds nothing of use; a value of no size would share its address with the lock, which ThreadSanitizer reports.
    private static let turn = Lock(false)

    private let pool = BlockingPool(name: "pwquality", threads: 1)
    private let settings: OpaquePointer

    /// Judges a random string to see that the dictionary is there.
    ///
    /// - Parameter dictionary: path of the dictionary without its suffix; cracklib's own where there is none.
    init(dictionary: String? = nil) throws(PasswordError) {
        guard let settings = pwquality_default_settings() else { throw .failed }
        self.settings = settings
        // Length and kinds of characters are judged by PasswordChecker, in scalars; this is the least it accepts.
        guard pwquality_set_int_value(settings, PWQ_SETTING_MIN_LENGTH, 6) == 0 else { throw .failed }
        if let dictionary {
            guard pwquality_set_str_value(settings, PWQ_SETTING_DICT_PATH, dictionary) == 0 else { throw .failed }
        }
        guard Self.judge("j7#Vq-2wZp!x9Rt", login: nil, settings: settings) == nil else { throw .noDictionary }
    }

    deinit { pwquality_free_settings(settings) }

    /// The problem, or none.
    func judge(_ password: Secret, login: String?) async -> PasswordProblem? {
        await pool.run { [self] in
            guard let text = password.copyText() else { return .notText }
            if let problem = Self.judge(text, login: login, settings: settings) { return problem }
            // Of the word inside only one thing is asked; that it is short or simple says nothing about the whole.
            let isDecorated = PasswordStems.stems(of: text).contains { stem in
                Self.judge(stem, login: nil, settings: settings) == .dictionary
            }
            return isDecorated || PasswordStems.isCommon(text) ? .dictionary : nil
        }
    }

    private static func judge(_ text: String, login: String?, settings: OpaquePointer) -> PasswordProblem? {
        turn.withLock { _ in
            var detail: UnsafeMutableRawPointer?
            let score = pwquality_check(settings, text, nil, login, &detail)
            guard score < 0 else { return nil }
            // strerror frees what `detail` owns. Its text may quote the password, so it goes nowhere.
            var message = [CChar](repeating: 0, count: Int(PWQ_MAX_ERROR_MESSAGE_LEN))
            let sentence = pwquality_strerror(&message, message.count, score, detail).map { String(cString: $0) }
            return problem(score, sentence ?? "")
        }
    }

    private static func problem(_ code: Int32, _ sentence: String) -> PasswordProblem {
        switch code {
        case PWQ_ERROR_CRACKLIB_CHECK where sentence.contains("error loading"): .notChecked
        case PWQ_ERROR_CRACKLIB_CHECK: sentence.contains("dictionary") ? .dictionary : .weak
        case PWQ_ERROR_USER_CHECK, PWQ_ERROR_GECOS_CHECK: .personal
        case PWQ_ERROR_MEM_ALLOC, PWQ_ERROR_FATAL_FAILURE: .notChecked
        default: .weak
        }
    }
}
