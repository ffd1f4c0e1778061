import Model

/// The embedded store's credential version: a counter and the operation that moved it last, for example
/// `v17:4f1c…`; `-` stands for a change that was no operation (an import).
struct CredentialVersion: Sendable, Equatable {
    let number: Int64
    let operation: OperationID?

    var text: String { "v\(number):\(operation?.text ?? "-")" }

    init(number: Int64, operation: OperationID?) {
        self.number = number
        self.operation = operation
    }

    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.first == UInt8(ascii: "v") else { return nil }
        let digits = parts[0].dropFirst()
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(digits)
        else { return nil }
        let operation = OperationID(parts[1])
        self.init(number: number, operation: operation?.text == "-" ? nil : operation)
    }
}
