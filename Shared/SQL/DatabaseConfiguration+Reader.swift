import Configuration
import Model

extension DatabaseConfiguration {
    /// Reads `{sqlite: "file"}` or `{postgres: {file: "…"}}`, the latter a reference to a libpq connection string.
    ///
    /// - Returns: `nil` after a problem, which the reader has collected.
    public init?(_ reader: ConfigurationReader) {
        let file = reader.optionalPath("sqlite")
        let connection = reader.optionalSecret("postgres")
        switch (file, connection) {
        case (let file?, nil):
            self = .sqlite(path: file)
        case (nil, let reference?):
            do throws(SecretError) {
                self = .postgres(try reference.load())
            } catch {
                reader.report(error.description, at: "postgres")
                return nil
            }
        default:
            reader.report("Name exactly one of sqlite and postgres.")
            return nil
        }
    }
}
