extension JSON {
    /// Reads a text, strictly: duplicate names (compared byte by byte, TK-01, IN-01), invalid UTF-8, lone surrogates,
    /// numbers too large for a `Double`, and anything after the value are refused.
    ///
    /// - Parameters:
    ///   - bytes: the whole text; `[UInt8]` is read without a copy.
    ///   - syntax: which texts are taken.
    ///   - maximumDepth: containers inside one another, at most 512.
    public static func parse(
        _ bytes: some Collection<UInt8>, syntax: JSONSyntax = .json, maximumDepth: Int = 32
    ) throws(JSONError) -> JSON {
        let array = (bytes as? [UInt8]) ?? Array(bytes)
        var parser = JSONParser(bytes: array, syntax: syntax, maximumDepth: min(maximumDepth, 512))
        return try parser.wholeText()
    }
}
