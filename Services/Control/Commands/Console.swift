import Platform
import StrictJSON

/// The one place that writes to the terminal.
enum Console {
    static func say(_ line: String) {
        print(line)
    }

    static func say(_ json: JSON) {
        print(String(decoding: json.serialized(), as: UTF8.self))
    }

    static func complain(_ lines: String...) {
        StandardError.write(lines)
    }

    static func complain(_ lines: [String]) {
        StandardError.write(lines)
    }
}
