import Glibc

/// The mail server of `Tests/Kit`, with certificates and a folder of its own. Its account is `helpdesk`, `mail-secret`.
public struct MailSink: Sendable {
    /// What it shows to clients, and the authority to trust.
    public let certificates: TestCertificates
    /// Where mails end up.
    public let folder: TemporaryFolder
    /// The program.
    public let server: KitServer

    /// Starts it; `options` are those of `smtp-sink.py`.
    public init(
        _ options: [String] = [], certificates: TestCertificates? = nil, folder: TemporaryFolder = TemporaryFolder()
    ) throws(ProgramError) {
        self.folder = folder
        if let certificates {
            self.certificates = certificates
        } else {
            self.certificates = try TestCertificates()
        }
        server = try KitServer("smtp-sink.py", [folder.path] + self.certificates.arguments + options)
    }

    /// Envelopes as JSON text, in the order of arrival.
    public var envelopes: [String] { files(ending: ".json") }

    /// Mails as they came.
    public var mails: [String] { files(ending: ".eml") }

    private func files(ending: String) -> [String] {
        (1...99).map { folder.file("0000" + ($0 < 10 ? "0" : "") + "\($0)" + ending) }
            .filter { access($0, R_OK) == 0 }
            .map { String(decoding: readFile($0), as: UTF8.self) }
    }
}
