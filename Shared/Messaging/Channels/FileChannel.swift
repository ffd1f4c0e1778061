import Glibc
import Model
import Platform
import StrictJSON

/// Messages as files in a folder, for the sample set-up and for tests: nothing leaves the machine.
///
/// The folder has mode 0700. A file appears whole, named so that the order of names is the order of time:
/// `20261121T094500.000000Z-accessCode-<id>.json` with `time`, `id`, `kind`, `channel`, `to`, `subject`, `text`, and for mail `html`.
public final class FileChannel: MessageChannel {
    /// The addresses it pretends to serve.
    public let kind: MessageChannelKind
    private let folder: String
    private let pool = BlockingPool(name: "message-files", threads: 1)

    /// Writes into this folder, which is made when the first message comes.
    public init(kind: MessageChannelKind, folder: String) {
        self.kind = kind
        self.folder = folder
    }

    /// Writes the message; a second try overwrites the first.
    public func deliver(_ message: RenderedMessage) async throws(DeliveryError) {
        let object: JSON = .object([
            "time": .string(message.created.rfc3339), "id": .string(message.id.text),
            "kind": .string(message.kind.rawValue), "channel": .string(message.channel.rawValue),
            "to": .string(message.to), "subject": .string(message.subject), "text": .string(message.text),
            "html": message.html.map(JSON.string),
        ])
        let bytes = object.serialized(pretty: true)
        let name = "\(Self.compact(message.created))-\(message.kind.rawValue)-\(message.id.text).json"
        try await pool.run { [folder] () throws(DeliveryError) in
            try Self.write(bytes, name: name, folder: folder)
        }
    }

    /// Makes the folder and looks whether it can be written to.
    public func check() async throws(DeliveryError) {
        try await pool.run { [folder] () throws(DeliveryError) in
            guard mkdir(folder, 0o700) == 0 || errno == EEXIST, access(folder, W_OK | X_OK) == 0 else {
                throw .misconfigured(reason: "folder_not_writable")
            }
        }
    }

    private static func write(_ bytes: [UInt8], name: String, folder: String) throws(DeliveryError) {
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw .misconfigured(reason: "folder_not_writable") }
        let partial = "\(folder)/.\(name).part"
        let file = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .misconfigured(reason: "folder_not_writable") }
        let written = Glibc.write(file, bytes, bytes.count)
        guard close(file) == 0, written == bytes.count, rename(partial, "\(folder)/\(name)") == 0 else {
            unlink(partial)
            throw .temporary(reason: "file_not_written")
        }
    }

    /// `20261121T094500.000000Z`.
    private static func compact(_ time: Timestamp) -> String {
        let text = time.rfc3339.filter { $0 != "-" && $0 != ":" }
        let micro = String((time.microseconds % 1_000_000 + 1_000_000) % 1_000_000)
        return text.prefix(15) + "." + String(repeating: "0", count: 6 - micro.utf8.count) + micro + "Z"
    }
}
