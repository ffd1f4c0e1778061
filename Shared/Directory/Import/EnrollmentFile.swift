import Model

/// Enrollments that were made elsewhere, as `enrollments.csv` names them: `store,login,type` and, where known,
/// `enrolledAt` (RFC 3339) and `label`.
///
/// Only types whose proof is not kept here can come from a file: what a person has to prove by a secret is enrolled by
/// that person.
public struct EnrollmentFile: Sendable, Equatable {
    /// One enrollment of one account.
    public struct Row: Sendable, Equatable {
        /// The line of the file, for problems found later.
        public let line: Int
        /// The account's store.
        public let store: StoreID
        /// The login in that store.
        public let login: String
        /// The type.
        public let type: AuthenticationType
        /// When it was enrolled; `nil`: not told.
        public let enrolledAt: Timestamp?
        /// What it is called, for example a key's model; 1 to 128 characters.
        public let label: String?
    }

    /// The types that can be imported.
    public static let types: [AuthenticationType] = [.yubiKey, .windowsHello, .linkAccount]

    /// The enrollments, in the order of the file.
    public let rows: [Row]

    /// Reads a file and finds every problem in it.
    ///
    /// - Throws: ``ImportError/invalid(_:)``.
    public static func parse(
        _ bytes: [UInt8], file: String = "enrollments.csv", now: Timestamp
    ) throws(ImportError) -> EnrollmentFile {
        var table = ImportTable(
            file: file, bytes: bytes, required: ["store", "login", "type"], optional: ["enrolledAt", "label"])
        var seen: Set<String> = []
        var rows: [Row] = []
        for record in table.rows {
            guard let row = row(of: record, now: now, in: &table) else { continue }
            let name = "\(row.store) \(row.login.lowercased()) \(row.type.rawValue)"
            if !seen.insert(name).inserted { table.report(row.line, nil, "The enrollment stands twice.") }
            rows.append(row)
        }
        guard table.problems.isEmpty else { throw .invalid(table.problems) }
        return EnrollmentFile(rows: rows)
    }

    private static func row(of record: ImportTable.Row, now: Timestamp, in table: inout ImportTable) -> Row? {
        let store = record["store"].flatMap { StoreID($0) }
        if store == nil { table.report(record.line, "store", "This is not the id of a store.") }
        let login = record["login"].flatMap { Login($0) }
        if login == nil { table.report(record.line, "login", Login.rule) }
        let type = types.first { $0.rawValue == record["type"] }
        if type == nil {
            let names = types.map(\.rawValue).joined(separator: ", ")
            table.report(record.line, "type", "Only these types can be imported: \(names).")
        }
        let time = record["enrolledAt"].flatMap { $0.isEmpty ? nil : $0 }
        let enrolledAt = time.flatMap { Timestamp(rfc3339: $0) }
        if time != nil, enrolledAt.map({ $0 > now }) ?? true {
            table.report(record.line, "enrolledAt", "This is no time of the past, such as 2026-01-31T08:00:00Z.")
        }
        let label = record["label"].flatMap { $0.isEmpty ? nil : $0 }
        if let label, label.unicodeScalars.count > 128 || label.unicodeScalars.contains(where: isControl) {
            table.report(record.line, "label", "A label has at most 128 characters and no control characters.")
        }
        guard let store, let login, let type else { return nil }
        return Row(
            line: record.line, store: store, login: login.text, type: type, enrolledAt: enrolledAt, label: label)
    }
}
