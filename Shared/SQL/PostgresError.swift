import CPostgres

/// PostgreSQL's error codes (PostgreSQL 15 manual, appendix A) in our words.
struct PostgresError {
    /// What callers get.
    let error: DatabaseError
    /// What it means for the transaction.
    let condition: TransactionCondition
    /// Whether the connection is of no more use.
    let endsConnection: Bool

    /// The error of a result.
    init(_ result: OpaquePointer) {
        let code = Self.field(result, UInt8(ascii: "C"))
        let message = Self.field(result, UInt8(ascii: "M"))
        let text = "\(message) (\(code))"
        switch code {
        case "40001", "40P01": self.init(.busy, .retry)
        /// A prepared statement that is gone or no longer fits the schema: a new connection prepares it anew.
        case "26000": self.init(.unavailable(text), .retry, ends: true)
        case "0A000" where message.contains("cached plan"): self.init(.unavailable(text), .retry, ends: true)
        case "55P03", "57014": self.init(.busy)
        case "53100": self.init(.full(text))
        case "25P03": self.init(.unavailable(text), .retry, ends: true)
        default:
            switch code.prefix(2) {
            /// Only the code: the message quotes the value.
            case "22": self.init(.unexpectedValue("SQLSTATE \(code)"))
            case "23": self.init(.constraint(text))
            case "08", "57": self.init(.unavailable(text), .retry, ends: true)
            default: self.init(.failed(text))
            }
        }
    }

    private init(_ error: DatabaseError, _ condition: TransactionCondition = .intact, ends: Bool = false) {
        self.error = error
        self.condition = condition
        endsConnection = ends
    }

    /// A field of the error report (`PG_DIAG_SQLSTATE` is `C`, `PG_DIAG_MESSAGE_PRIMARY` is `M`).
    private static func field(_ result: OpaquePointer, _ field: UInt8) -> String {
        PQresultErrorField(result, Int32(field)).map { String(cString: $0) } ?? ""
    }
}
