import Model

/// The security questions to choose from: a global pool, and what a store adds to it (A2).
public struct QuestionPool: Sendable {
    /// One question.
    public struct Question: Sendable, Equatable {
        /// The question's id; it stays when the words are mended.
        public let id: QuestionID
        /// The words.
        public let text: String
        /// The store whose people may choose it; `nil`: everybody.
        public let store: StoreID?

        /// Makes it of its parts.
        public init(id: QuestionID, text: String, store: StoreID? = nil) {
            self.id = id
            self.text = text
            self.store = store
        }
    }

    private let questions: [Question]
    private let byID: [QuestionID: Question]

    /// Takes the questions in the order they are shown.
    public init(_ questions: [Question]) {
        self.questions = questions
        byID = Dictionary(questions.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Every question, in order.
    public var all: [Question] { questions }

    /// One question; `nil`: not in the pool, or no longer.
    public subscript(id: QuestionID) -> Question? { byID[id] }

    /// The pool a new installation starts with. Questions ask for what is remembered for life and not found in public
    /// profiles, as far as questions can.
    public static let standard = QuestionPool(
        [
            ("first-dish", "What was the first dish you learned to cook?"),
            ("first-concert", "What was the first live event you went to?"),
            ("childhood-nickname", "What did your grandparents call you as a child?"),
            ("first-job-task", "What was your very first task in your first job?"),
            ("school-route", "Which landmark did you pass on your way to primary school?"),
            ("lost-toy", "Which toy did you lose and never find again?"),
            ("first-flight", "Where did your first journey by air or sea end?"),
            ("teacher-habit", "Which habit of a teacher do you remember best?"),
            ("family-word", "Which word does only your family use?"),
            ("favorite-hideout", "Where did you hide as a child?"),
        ].compactMap { id, text in QuestionID(id).map { Question(id: $0, text: text) } })
}
