import Configuration

extension HTTPServerSettings {
    /// Reads `{address, port, behindProxy}`; the deadlines and sizes are not for configuration.
    ///
    /// An address other than loopback without `behindProxy` is refused when the server starts (IN-00).
    public init(_ reader: ConfigurationReader, port standardPort: Int) {
        self.init()
        address = reader.string("address", default: "127.0.0.1", length: 2...64)
        port = UInt16(clamping: reader.integer("port", default: standardPort, in: 1...65_535))
        behindProxy = reader.bool("behindProxy", default: false)
    }
}
