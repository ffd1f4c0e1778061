/// One target of Package.swift, with its place in the import table of ARCHITECTURE.md.
struct Target: Sendable {
    let name: String
    let folder: String
    /// It may import what stands on a lower level.
    let level: Int
    /// What it may import besides (docs/adr/0009).
    let alsoImports: Set<String>
    /// The C modules that nobody else imports.
    let owns: Set<String>

    init(_ name: String, level: Int, folder: String? = nil, also: Set<String> = [], owns: Set<String> = []) {
        self.name = name
        self.level = level
        self.folder = folder ?? "Shared/\(name)"
        alsoImports = also
        self.owns = owns
    }

    /// The table.
    static let all: [Target] = [
        Target("Model", level: 1),
        Target("Platform", level: 1, also: ["Model", "Dispatch"]),
        Target("Observability", level: 1, also: ["Model", "Platform"]),
        Target("StrictJSON", level: 1, also: ["Model", "Platform"]),
        Target("Configuration", level: 2),
        Target("TextFolding", level: 2, owns: ["CUTF8Proc"]),
        Target("Policy", level: 2),
        Target("AuthAPI", level: 2),
        Target("Web", level: 2),
        Target("Crypto", level: 2, owns: ["COpenSSL", "CArgon2"]),
        Target("QRCode", level: 2, owns: ["CQREncode"]),
        Target("SQL", level: 2, also: ["Configuration"], owns: ["CSQLite", "CPostgres"]),
        Target("Transport", level: 2, owns: ["CCurl"]),
        Target("Passwords", level: 2, also: ["TextFolding"], owns: ["CPWQuality"]),
        Target("Export", level: 2, also: ["TextFolding"], owns: ["CLibXML2", "CXLSXWriter"]),
        Target("HTTPServer", level: 3, owns: ["CMicroHTTPD"]),
        Target("Directory", level: 3, owns: ["CLDAP"]),
        Target("Messaging", level: 3),
        Target("Audit", level: 3),
        Target("AuthClient", level: 3),
        Target("Hosting", level: 3, also: ["HTTPServer", "Directory", "Messaging", "Audit"]),
        Target("AuthService", level: 4, folder: "Services/Auth/Service"),
        Target("HelpdeskService", level: 4, folder: "Services/Helpdesk/Service"),
        Target(
            "ControlCommands", level: 4, folder: "Services/Control/Commands", also: ["AuthService", "HelpdeskService"]),
        Target("latchkey-auth", level: 5, folder: "Services/Auth/Server"),
        Target("latchkey-helpdesk", level: 5, folder: "Services/Helpdesk/Server"),
        Target("latchkey", level: 5, folder: "Services/Control/Tool"),
    ]

    /// Modules of the toolchain that product code may use. Full Foundation is not among them: it brings ICU.
    static let toolchain: Set<String> = ["Glibc", "FoundationEssentials"]

    /// Whether the table lets this target import the module.
    func mayImport(_ module: String) -> Bool {
        if Target.toolchain.contains(module) || owns.contains(module) || alsoImports.contains(module) { return true }
        guard let other = Target.all.first(where: { $0.name == module }) else { return false }
        return other.level < level
    }
}
