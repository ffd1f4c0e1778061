import Model
import StrictJSON

/// Asks to prove one caller for one action.
public struct VerificationStart: WireType {
    /// The accounts of the caller that may be acted on afterwards; all of one person.
    public let accounts: [AccountID]
    /// What is to be done.
    public let action: HelpdeskAction

    /// Makes it of its parts.
    public init(accounts: [AccountID], action: HelpdeskAction) {
        self.accounts = accounts
        self.action = action
    }

    /// As it travels.
    public var json: JSON {
        .object([
            "accounts": .array(accounts.map { .string($0.text) }), "action": .string(action.rawValue),
        ])
    }

    /// Reads it; 1 to 32 accounts.
    public init(reader: inout JSONObjectReader) throws(JSONError) {
        accounts = try reader.accounts("accounts")
        action = try reader.choice("action")
    }
}

/// Where a verification stands (VS-01).
public enum VerificationStatus: String, CaseIterable, Sendable {
    /// Nothing has been tried yet.
    case created
    /// A code was sent or an answer tried.
    case challenged
    /// Enough has been verified.
    case satisfied
    /// What is left can no longer be enough.
    case failed
    /// Its time ran out.
    case expired
    /// Its proof was handed out.
    case consumed
    /// Another verification of the same account took its place.
    case canceled

    /// Whether answers are still taken.
    public var isOpen: Bool {
        switch self {
        case .created, .challenged, .satisfied: true
        case .failed, .expired, .consumed, .canceled: false
        }
    }
}

/// One verification as its operator sees it.
public struct VerificationState: WireType {
    /// One type the account is enrolled with.
    public struct OfferedType: Sendable, Equatable {
        /// The type.
        public let type: AuthenticationType
        /// Whether the desk can verify it (P6).
        public let isVerifiable: Bool
        /// Whether it was verified here.
        public let isVerified: Bool
        /// Whether too many failures have locked it.
        public let isLocked: Bool
        /// The enrolled address codes go to; in full, the helpdesk masks it.
        public let address: String?
        /// Whether the owner changed the address in the last 24 hours (AC-06).
        public let isRecentlyChanged: Bool
        /// What became of the last code: `queued`, `delayed`, `sent`, `failed`.
        public let delivery: String?

        /// Makes it of its parts.
        public init(
            type: AuthenticationType, isVerifiable: Bool, isVerified: Bool, isLocked: Bool, address: String? = nil,
            isRecentlyChanged: Bool = false, delivery: String? = nil
        ) {
            self.type = type
            self.isVerifiable = isVerifiable
            self.isVerified = isVerified
            self.isLocked = isLocked
            self.address = address
            self.isRecentlyChanged = isRecentlyChanged
            self.delivery = delivery
        }
    }

    /// One question to read out.
    public struct Question: Sendable, Equatable {
        /// The question's id.
        public let id: QuestionID
        /// The words.
        public let text: String
        /// Whether it was answered, and how; `nil`: not yet.
        public let isRight: Bool?

        /// Makes it of its parts.
        public init(id: QuestionID, text: String, isRight: Bool?) {
            self.id = id
            self.text = text
            self.isRight = isRight
        }
    }

    /// The verification's id.
    public let id: VerificationID
    /// Where it stands.
    public let status: VerificationStatus
    /// What it is for.
    public let action: HelpdeskAction
    /// The accounts it covers.
    public let accounts: [AccountID]
    /// Whether the operator may go on without it.
    public let isOptional: Bool
    /// Every type the account is enrolled with.
    public let types: [OfferedType]
    /// The questions to ask.
    public let questions: [Question]
    /// How many of them have to be right.
    public let questionsNeeded: Int
    /// Types that still have to be verified.
    public let neededTypes: Set<AuthenticationType>
    /// How many further types.
    public let neededFurther: Int
    /// The types to choose the further ones from.
    public let furtherOf: Set<AuthenticationType>
    /// When it ends at the latest.
    public let expires: Timestamp
    /// The second person the act takes besides the proof; `nil`: it takes none.
    public var approval: Approval?

    /// Makes it of its parts; what it takes besides is set afterwards.
    public init(
        id: VerificationID, status: VerificationStatus, action: HelpdeskAction, accounts: [AccountID],
        isOptional: Bool, types: [OfferedType], questions: [Question], questionsNeeded: Int,
        neededTypes: Set<AuthenticationType>, neededFurther: Int, furtherOf: Set<AuthenticationType>,
        expires: Timestamp
    ) {
        self.id = id
        self.status = status
        self.action = action
        self.accounts = accounts
        self.isOptional = isOptional
        self.types = types
        self.questions = questions
        self.questionsNeeded = questionsNeeded
        self.neededTypes = neededTypes
        self.neededFurther = neededFurther
        self.furtherOf = furtherOf
        self.expires = expires
    }
}

/// The answer to a check: these three and nothing else (VS-08).
public struct CheckResult: WireType {
    /// Whether the value was right.
    public let ok: Bool
    /// How many tries are left for this value.
    public let attemptsLeft: Int
    /// Where the verification stands now.
    public let status: VerificationStatus

    /// Makes it of its parts.
    public init(ok: Bool, attemptsLeft: Int, status: VerificationStatus) {
        self.ok = ok
        self.attemptsLeft = attemptsLeft
        self.status = status
    }

    /// As it travels.
    public var json: JSON {
        .object([
            "ok": .bool(ok), "attemptsLeft": .integer(Int64(attemptsLeft)), "status": .string(status.rawValue),
        ])
    }

    /// Reads it.
    public init(reader: inout JSONObjectReader) throws(JSONError) {
        ok = try reader.bool("ok")
        attemptsLeft = Int(try reader.integer("attemptsLeft", in: 0...100))
        status = try reader.choice("status")
    }
}

/// Spends a satisfied verification on one operation.
public struct RedemptionRequest: WireType {
    /// The operation; the same one gets the same proof again, another gets a conflict (VS-09).
    public let operation: OperationID

    /// Makes it of its parts.
    public init(operation: OperationID) {
        self.operation = operation
    }

    /// As it travels.
    public var json: JSON { .object(["operation": .string(operation.text)]) }

    /// Reads it.
    public init(reader: inout JSONObjectReader) throws(JSONError) {
        operation = try reader.parsed("operation") { OperationID($0) }
    }
}

/// A proof as it is handed out.
public struct RedeemedProof: WireType {
    /// The signed token (`typ: latchkey-proof+jwt`).
    public let proof: String

    /// Makes it of its parts.
    public init(proof: String) {
        self.proof = proof
    }

    /// As it travels.
    public var json: JSON { .object(["proof": .string(proof)]) }

    /// Reads it.
    public init(reader: inout JSONObjectReader) throws(JSONError) {
        proof = try reader.string("proof", length: 1...8_192)
    }
}

/// What a proof says: this operator has verified the caller of these accounts for this action.
public struct ProofClaims: Sendable, Equatable {
    /// The accounts it covers.
    public let accounts: Set<AccountID>
    /// The action it allows.
    public let action: HelpdeskAction
    /// The operator it was given to.
    public let operatorAccount: AccountID
    /// The operator's session.
    public let session: SessionID
    /// The operation it is spent on.
    public let operation: OperationID
    /// The verification it came from.
    public let verification: VerificationID
    /// The types that were verified.
    public let types: Set<AuthenticationType>
    /// The state of roles and policies it was decided under.
    public let policyVersion: String

    /// Makes claims of their parts.
    public init(
        accounts: Set<AccountID>, action: HelpdeskAction, operatorAccount: AccountID, session: SessionID,
        operation: OperationID, verification: VerificationID, types: Set<AuthenticationType>, policyVersion: String
    ) {
        self.accounts = accounts
        self.action = action
        self.operatorAccount = operatorAccount
        self.session = session
        self.operation = operation
        self.verification = verification
        self.types = types
        self.policyVersion = policyVersion
    }

    /// The private claims of the token (RFC 7519 §4.3).
    public var members: [JSONMember] {
        [
            JSONMember(name: "accounts", value: .array(accounts.map(\.text).sorted().map(JSON.string))),
            JSONMember(name: "action", value: .string(action.rawValue)),
            JSONMember(name: "operator", value: .string(operatorAccount.text)),
            JSONMember(name: "sid", value: .string(session.text)),
            JSONMember(name: "operation", value: .string(operation.text)),
            JSONMember(name: "verification", value: .string(verification.text)),
            JSONMember(name: "types", value: .sorted(types)),
            JSONMember(name: "policyVersion", value: .string(policyVersion)),
        ]
    }

    /// Reads the claims of a verified token's payload; the registered claims are left to the caller.
    public init(payload: JSON) throws(JSONError) {
        var reader = try JSONObjectReader(payload)
        accounts = Set(try reader.accounts("accounts"))
        action = try reader.choice("action")
        operatorAccount = try reader.parsed("operator") { AccountID($0) }
        session = try reader.parsed("sid") { SessionID($0) }
        operation = try reader.parsed("operation") { OperationID($0) }
        verification = try reader.parsed("verification") { VerificationID($0) }
        types = try reader.set("types")
        policyVersion = try reader.string("policyVersion", length: 1...128)
    }
}
