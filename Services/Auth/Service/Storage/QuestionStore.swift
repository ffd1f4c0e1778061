import Model
import SQL

/// The `questions` table: the pool to choose from (A2).
///
/// A question that is taken out of the pool keeps its row: who is enrolled with it goes on being asked it, in its words.
public enum QuestionStore {
    /// The questions people of a store can choose from: everybody's and the store's own, in order.
    static func offered(in store: StoreID, _ connection: any Connection) throws -> QuestionPool {
        QuestionPool(
            try connection.query(
                """
                SELECT id, words, store FROM questions
                WHERE removed_at IS NULL AND (store IS NULL OR store = $1) ORDER BY position, id
                """, [.text(store.text)]
            ).map(question))
    }

    /// The whole pool, in order.
    static func pool(_ connection: any Connection) throws -> [QuestionPool.Question] {
        try connection.query(
            "SELECT id, words, store FROM questions WHERE removed_at IS NULL ORDER BY position, id"
        ).map(question)
    }

    /// Takes a question out of the pool.
    static func remove(_ id: QuestionID, at now: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute(
            "UPDATE questions SET removed_at = $2 WHERE id = $1", [.text(id.text), SQLValue(now)])
    }

    /// Questions by their ids, those taken out of the pool too.
    static func find(
        _ ids: [QuestionID], _ connection: any Connection
    ) throws -> [QuestionID: QuestionPool.Question] {
        guard !ids.isEmpty else { return [:] }
        let places = ids.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        let rows = try connection.query(
            "SELECT id, words, store FROM questions WHERE id IN (\(places))", ids.map { .text($0.text) })
        return Dictionary(try rows.map(question).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Saves a question at its place in the pool, new or not.
    static func save(
        _ question: QuestionPool.Question, at position: Int, _ connection: any Connection
    ) throws {
        _ = try connection.execute(
            """
            INSERT INTO questions (id, store, words, position) VALUES ($1, $2, $3, $4)
            ON CONFLICT (id) DO UPDATE
            SET store = excluded.store, words = excluded.words, position = excluded.position, removed_at = NULL
            """,
            [.text(question.id.text), SQLValue(question.store), .text(question.text), SQLValue(position)])
    }

    private static func question(_ row: Row) throws -> QuestionPool.Question {
        QuestionPool.Question(
            id: try row.parsed(0) { QuestionID($0) }, text: try row.text(1),
            store: try row.optionalParsed(2) { StoreID($0) })
    }
}
