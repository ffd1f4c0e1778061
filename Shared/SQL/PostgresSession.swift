import CPostgres
import Glibc
import Model
import Platform

/// The wire to a server: sends, waits for answers with a deadline, and knows when it is broken.
final class PostgresSession {
    private let handle: OpaquePointer
    /// How long to wait for an answer.
    var patience: Duration
    private(set) var isBroken = false

    /// Connects (`PQconnectdbParams`). What the connection string says wins over our defaults.
    init(_ connectionString: Secret, _ timeouts: PostgresTimeouts) throws(DatabaseError) {
        patience = timeouts.answer
        let parameters = [
            ("connect_timeout", String(max(2, timeouts.connect.wholeSeconds))), ("application_name", "latchkey"),
            ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "15000"), ("dbname", connectionString.copyText() ?? ""), ("client_encoding", "UTF8"),
        ]
        let names = parameters.map { strdup($0.0) }
        let values = parameters.map { strdup($0.1) }
        defer {
            for pointer in names { free(pointer) }
            for pointer in values {
                if let pointer { explicit_bzero(pointer, strlen(pointer)) }
                free(pointer)
            }
        }
        let handle = PQconnectdbParams(
            names.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 1)
        guard let handle else { throw .unavailable("no memory for a connection") }
        guard PQstatus(handle) == CONNECTION_OK else {
            let message = Self.message(handle)
            PQfinish(handle)
            throw .unavailable(message)
        }
        self.handle = handle
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
    }

    deinit { PQfinish(handle) }

    /// As a number, for example 150020.
    var serverVersion: Int32 { PQserverVersion(handle) }

    /// A setting the server reports by itself, for example `server_encoding`.
    func reported(_ name: String) -> String? {
        PQparameterStatus(handle, name).map { String(cString: $0) }
    }

    /// Sends something and waits for the last of its results, or the first error among them.
    func exchange(_ send: (OpaquePointer) -> Int32) throws(PostgresFailure) -> PostgresResult {
        guard !isBroken, send(handle) == 1 else { throw broken() }
        let deadline = MonotonicTime.nanoseconds() + UInt64(clamping: patience.wholeMicroseconds) * 1_000
        var answer: PostgresResult?
        while let result = try nextResult(deadline) {
            if answer?.error == nil { answer = result }
        }
        guard let answer else { throw broken() }
        if let error = answer.error {
            if error.endsConnection { isBroken = true }
            throw .refused(error)
        }
        return answer
    }

    private func nextResult(_ deadline: UInt64) throws(PostgresFailure) -> PostgresResult? {
        while PQisBusy(handle) == 1 {
            try waitForInput(deadline)
            guard PQconsumeInput(handle) == 1 else { throw broken() }
        }
        return PQgetResult(handle).map { PostgresResult($0) }
    }

    /// Waits until there is something to read (poll(2)).
    private func waitForInput(_ deadline: UInt64) throws(PostgresFailure) {
        while true {
            let now = MonotonicTime.nanoseconds()
            guard now < deadline else {
                isBroken = true
                throw .lost("no answer within \(patience)")
            }
            var descriptor = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
            let count = poll(&descriptor, 1, Int32(clamping: (deadline - now) / 1_000_000 + 1))
            if count > 0 { return }
            if count < 0, errno != EINTR { throw broken() }
        }
    }

    private func broken() -> PostgresFailure {
        isBroken = true
        return .lost(Self.message(handle))
    }

    private static func message(_ handle: OpaquePointer) -> String {
        let text = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
        return String(text.prefix { !$0.isNewline })
    }
}

/// Why an exchange gave no result.
enum PostgresFailure: Error {
    /// The server said no.
    case refused(PostgresError)
    /// The connection is gone, or the server does not answer.
    case lost(String)
}
