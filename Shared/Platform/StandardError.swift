import Glibc

/// Words for the person who starts a program.
public enum StandardError {
    /// Writes each line to standard error, with one write(2) a line.
    public static func write(_ lines: [String]) {
        for line in lines {
            let bytes = Array((line + "\n").utf8)
            _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
        }
    }
}
