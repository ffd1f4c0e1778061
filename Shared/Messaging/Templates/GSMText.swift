/// The product's own words as an SMS has them.
enum GSMText {
    private static let plain: [Character: Character] = [
        "á": "a", "í": "i", "ó": "o", "ú": "u", "Á": "A", "Í": "I", "Ó": "O", "Ú": "U",
    ]

    /// The text without the accents that the alphabet of SMS lacks, as Spanish SMS are commonly written: with one of
    /// them, 160 characters of one part become 70 (3GPP TS 23.038 §6.2.1). It has é, ñ, ü, ¿ and ¡. Values of fields,
    /// such as a password, are never touched.
    static func simplified(_ text: String) -> String {
        String(text.map { plain[$0] ?? $0 })
    }
}
