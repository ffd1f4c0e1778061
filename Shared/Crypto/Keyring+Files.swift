import Model
import Platform

extension Keyring {
    /// Makes a folder (mode 0700) with its first key (mode 0600). A folder that has keys already is left alone.
    public static func create(folder: String, random: any RandomSource = SystemRandom()) throws(KeyringError) {
        let files = KeyFolder(path: folder)
        try files.make()
        guard try files.names().isEmpty else { throw .notEmpty(path: folder) }
        _ = try files.add(Secret(random.bytes(AES256GCM.keyBytes)))
    }

    /// Adds a key, which is the current one for every keyring loaded from now on, and answers its id.
    ///
    /// The file appears whole and durable or not at all, also beside another process that adds one.
    public static func addKey(
        folder: String, random: any RandomSource = SystemRandom()
    ) throws(KeyringError) -> String {
        let files = KeyFolder(path: folder)
        guard try !files.names().isEmpty else { throw .empty(path: folder) }
        return try files.add(Secret(random.bytes(AES256GCM.keyBytes)))
    }
}
