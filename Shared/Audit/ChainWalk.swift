/// The state of a verification while the rows go by in the order of their numbers.
struct ChainWalk {
    private let service: String
    private let start: AuditHead
    private let head: AuditHead
    /// The signed end of the chain, if there is one to be trusted.
    var checkpoint: AuditHead?
    private(set) var rows = 0
    var findings = AuditFindings()

    /// The number of the row before; its hash, unless that cannot be relied on.
    private var previous: (sequence: Int64, hash: [UInt8]?)
    /// The row before a broken link: it or the row after it is to blame, the next link tells.
    private var broken: Int64?
    private var hasPurgeRow = false
    private var suspects: [AuditRow] = []
    private var gaps: [Int64] = []

    /// Moved rows are looked for among this many only: each is compared with each.
    private static let maximumSuspects = 200

    init(service: String, start: AuditHead, head: AuditHead) {
        self.service = service
        self.start = start
        self.head = head
        previous = (start.sequence, start.hash)
    }

    mutating func visit(_ row: AuditRow) {
        rows += 1
        if row.sequence > head.sequence {
            findings.add(.unexpected(sequence: row.sequence))
            suspect(row)
            return
        }
        noteGap(before: row.sequence)
        compareWithCheckpoint(row.sequence, row.hash)
        if AuditChain.hash(row, service: service, after: row.previousHash) == row.hash {
            checkLink(to: row.sequence, row.previousHash)
            notePurge(row)
            previous = (row.sequence, row.hash)
        } else {
            settleBrokenLink(blaming: broken)
            findings.add(.altered(sequence: row.sequence))
            suspect(row)
            previous = (row.sequence, nil)
        }
    }

    mutating func end() {
        let wanted = max(head.sequence, checkpoint?.sequence ?? 0)
        if previous.sequence < wanted {
            settleBrokenLink(blaming: broken)
            findings.add(.cutTail(have: previous.sequence, want: wanted))
        } else if let hash = previous.hash, hash != head.hash {
            if broken == nil { findings.add(.badHead(sequence: previous.sequence)) }
            settleBrokenLink(blaming: previous.sequence)
        }
        settleBrokenLink(blaming: broken)
        if start.sequence > 0, !hasPurgeRow { findings.add(.removed(first: 1, last: start.sequence)) }
        if let checkpoint, checkpoint.sequence == start.sequence, checkpoint.hash != start.hash {
            findings.add(.rewritten(sequence: start.sequence))
        }
        nameMovedRows()
    }

    private mutating func noteGap(before sequence: Int64) {
        guard sequence > previous.sequence + 1 else { return }
        settleBrokenLink(blaming: broken)
        findings.add(.removed(first: previous.sequence + 1, last: sequence - 1))
        for missing in (previous.sequence + 1)..<sequence where gaps.count < Self.maximumSuspects {
            gaps.append(missing)
        }
        previous = (sequence - 1, nil)
    }

    private mutating func compareWithCheckpoint(_ sequence: Int64, _ hash: [UInt8]) {
        guard let checkpoint, checkpoint.sequence == sequence, checkpoint.hash != hash else { return }
        findings.add(.rewritten(sequence: sequence))
    }

    /// A row whose own hash is right may still have been hashed anew after a change: then the row after it remembers
    /// another hash. A row with a broken link on both sides is to blame itself, else the row before the link.
    private mutating func checkLink(to sequence: Int64, _ previousHash: [UInt8]) {
        let isBroken = previous.hash.map { $0 != previousHash } ?? false
        if broken != nil {
            settleBrokenLink(blaming: isBroken ? previous.sequence : broken)
        } else if isBroken {
            broken = previous.sequence
        }
    }

    private mutating func settleBrokenLink(blaming culprit: Int64?) {
        guard let culprit, let broken else { return }
        findings.add(.altered(sequence: culprit == start.sequence ? broken + 1 : culprit))
        self.broken = nil
    }

    private mutating func notePurge(_ row: AuditRow) {
        guard row.kind == AuditKind.purge.rawValue, let record = try? row.record() else { return }
        if PurgeDetail(record)?.last == start { hasPurgeRow = true }
    }

    private mutating func suspect(_ row: AuditRow) {
        if suspects.count < Self.maximumSuspects { suspects.append(row) }
    }

    /// Tries each suspect with the numbers of the others and of the gaps: if its hash is right then, it was moved.
    private mutating func nameMovedRows() {
        for row in suspects {
            guard let home = home(of: row) else { continue }
            let moved = AuditFinding.reordered(sequence: row.sequence, belongsAt: home)
            findings.replace(.altered(sequence: row.sequence), with: moved)
            findings.replace(.unexpected(sequence: row.sequence), with: moved)
        }
    }

    private func home(of row: AuditRow) -> Int64? {
        for sequence in suspects.map(\.sequence) + gaps where sequence != row.sequence {
            var moved = row
            moved.sequence = sequence
            if AuditChain.hash(moved, service: service, after: row.previousHash) == row.hash { return sequence }
            /// Its columns may have been exchanged without the hashes.
            guard let there = suspects.first(where: { $0.sequence == sequence }) else { continue }
            if AuditChain.hash(moved, service: service, after: there.previousHash) == there.hash { return sequence }
        }
        return nil
    }
}
