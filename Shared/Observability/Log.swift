import Glibc
import Model
import Platform

/// Writes what happens as JSON lines, for syslog and a SIEM to read (AU-04).
///
/// A line has `time`, `level`, `service`, `event`, `requestId` where a request is being answered, and the fields of the
/// event beside them.
public struct Log: Sendable {
    /// How much a line matters.
    public enum Level: String, CaseIterable, Comparable, Sendable {
        /// For whoever writes the program.
        case debug
        /// Something happened, as it should.
        case info
        /// Something is wrong, and the service goes on without loss.
        case warning
        /// Something failed; somebody has to look.
        case error

        /// Debug matters least.
        public static func < (left: Level, right: Level) -> Bool {
            left.weight < right.weight
        }

        private var weight: Int {
            switch self {
            case .debug: 0
            case .info: 1
            case .warning: 2
            case .error: 3
            }
        }
    }

    private let service: String
    private let minimum: Level
    private let sink: @Sendable ([UInt8]) -> Void
    private let now: @Sendable () -> Timestamp

    /// A log of one service.
    ///
    /// - Parameters:
    ///   - service: the name in every line.
    ///   - minimum: lines that matter less are not written.
    ///   - sink: takes one whole line with its line feed; standard error when `nil`.
    ///   - now: the time of day.
    public init(
        service: String, minimum: Level = .info, sink: (@Sendable ([UInt8]) -> Void)? = nil,
        now: @escaping @Sendable () -> Timestamp = { SystemClock().now() }
    ) {
        self.service = service
        self.minimum = minimum
        self.sink = sink ?? writeToStandardError
        self.now = now
    }

    /// Writes a line for whoever writes the program.
    public func debug(_ event: StaticString, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.debug, event, fields)
    }

    /// Writes that something happened, as it should.
    public func info(_ event: StaticString, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.info, event, fields)
    }

    /// Writes that something is wrong, though the service goes on without loss.
    public func warning(_ event: StaticString, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.warning, event, fields)
    }

    /// Writes that something failed.
    public func error(_ event: StaticString, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.error, event, fields)
    }

    private func write(_ level: Level, _ event: StaticString, _ fields: KeyValuePairs<String, LogValue>) {
        guard level >= minimum else { return }
        var line = LogLine()
        line.append("time", .string(now().rfc3339))
        line.append("level", .string(level.rawValue))
        line.append("service", .string(service))
        line.append("event", LogValue(event))
        if let requestID = RequestContext.requestID { line.append("requestId", .string(requestID.text)) }
        for (name, value) in fields { line.append(name, value) }
        sink(line.finished())
    }
}

/// One write(2) a line, so that lines of several threads and processes do not mix. A line that cannot be written is
/// lost: the log must never stop the service.
@Sendable private func writeToStandardError(_ line: [UInt8]) {
    var rest = line[...]
    while !rest.isEmpty {
        let written = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
        if written > 0 {
            rest = rest.dropFirst(written)
        } else if written == 0 || errno != EINTR {
            return
        }
    }
}
