import Audit
import Export
import Model
import Platform
import StrictJSON
import Web

/// Some rows of an export, and where they go on.
struct ExportPage<Position: Sendable>: Sendable {
    let rows: [[String]]
    /// `nil` at the end.
    let next: Position?
}

/// What an export is of.
struct ExportSubject: Sendable {
    /// The action in the history, and a part of the file's name.
    let name: String
    let layout: TableLayout
    /// What of the filter goes into the history: ids and kinds, never what was searched for (AU-03).
    let detail: [JSONMember]
}

/// One export from its first row to the end of the file.
///
/// It is put into the history before its first byte leaves, as begun, and again at its end, with the number of rows
/// (OP-06, AU-02): the last chunk is sent only once that is on disk, so there is no whole file that was not
/// recorded. Rows are read page by page, each on a snapshot of its own: a slow reader holds no transaction open, and a row
/// that changes meanwhile shows as it was when its page was read.
struct Download<Position: Sendable>: Sendable {
    let collaborators: Collaborators
    let subject: ExportSubject
    let format: ExportFormat
    let person: SignedIn
    /// Reads the page at a position; the first for `nil`.
    let page: @Sendable (Position?) async throws -> ExportPage<Position>

    /// The answer, its head ready to be sent.
    func response() async throws -> Response {
        guard let place = collaborators.exports.place() else { throw HelpdeskError.tooManyExports }
        let (format, layout) = (format, subject.layout)
        let table = try await collaborators.exports.threads.run { () throws(ExportError) in
            try TableExport(format, layout)
        }
        try await record(.success, nil, "begun", rows: nil)
        let date = collaborators.clock.now().rfc3339.prefix(10)
        let name = "latchkey-\(subject.name)-\(date).\(format.fileExtension)"
        return Response(
            status: 200,
            headers: [("Content-Type", format.mediaType), ("Content-Disposition", "attachment; filename=\"\(name)\"")],
            stream: BodyStream { pipe in
                try await make(table, into: pipe)
                withExtendedLifetime(place) {}
            })
    }

    private func make(_ table: TableExport, into pipe: BodyPipe) async throws {
        do {
            try await fill(table, pipe)
            try await record(.success, nil, "ended", rows: table.rows)
        } catch {
            try await record(.failure, "export.broken_off", "ended", rows: table.rows)
            throw error
        }
    }

    /// The next page is read while this one is made and sent.
    private func fill(_ table: TableExport, _ pipe: BodyPipe) async throws {
        let threads = collaborators.exports.threads
        var current = try await page(nil)
        while true {
            let (rows, position) = (current.rows, current.next)
            async let following = next(at: position)
            let pieces = try await threads.run {
                for row in rows { try table.append(row) }
                return try Self.taken(from: table)
            }
            try await send(pieces, pipe)
            guard let page = try await following else { break }
            current = page
        }
        try await finish(table, pipe)
        while let piece = try await threads.run({ () throws(ExportError) in try table.take() }) {
            try await pipe.send(piece)
        }
    }

    /// A workbook of millions of rows is put together for longer than a reader is let wait in silence.
    private func finish(_ table: TableExport, _ pipe: BodyPipe) async throws {
        let sign = Task {
            while !Task.isCancelled {
                try pipe.stillMaking()
                await SystemClock().sleep(for: .seconds(5))
            }
        }
        defer { sign.cancel() }
        try await collaborators.exports.threads.run { () throws(ExportError) in try table.finish() }
    }

    private func next(at position: Position?) async throws -> ExportPage<Position>? {
        guard let position else { return nil }
        return try await page(position)
    }

    private func send(_ pieces: [[UInt8]], _ pipe: BodyPipe) async throws(BodyPipeClosed) {
        // A workbook has no pieces before its end; the reader is there all the same.
        if pieces.isEmpty { try pipe.stillMaking() }
        for piece in pieces { try await pipe.send(piece) }
    }

    private static func taken(from table: TableExport) throws(ExportError) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        while let piece = try table.take() { pieces.append(piece) }
        return pieces
    }

    private func record(_ outcome: AuditOutcome, _ reason: String?, _ phase: String, rows: Int?) async throws {
        let event = AuditEvent(.export, outcome, by: .desk(person), at: collaborators.clock.now())
            .about(nil, action: subject.name).because(reason)
            .with { event in
                event.detail = [
                    JSONMember(name: "format", value: .string(format.rawValue)),
                    JSONMember(name: "phase", value: .string(phase)),
                ]
                event.detail += subject.detail
                if let rows { event.detail.append(JSONMember(name: "rows", value: .integer(Int64(rows)))) }
            }
        try await collaborators.database.write { [collaborators] transaction in
            _ = try collaborators.audit.append(event, in: transaction)
        }
    }
}
