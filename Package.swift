// swift-tools-version: 6.2
import Foundation
import PackageDescription

// The order of this file is the order of imports: a target may use only what stands above it.
// `Tests/Architecture` enforces the table in ARCHITECTURE.md against the sources.

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// Folders whose flow needs a word have a README, which is no source.
func readme(_ path: String) -> [String] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(path)
    return FileManager.default.fileExists(atPath: folder.appendingPathComponent("README.md").path) ? ["README.md"] : []
}

func system(_ name: String, _ pkgConfig: String? = nil, apt: String) -> Target {
    .systemLibrary(name: name, path: "Shared/System/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func shared(_ name: String, _ dependencies: String...) -> Target {
    .target(
        name: name, dependencies: dependencies.map { .byName(name: $0) }, path: "Shared/\(name)",
        exclude: readme("Shared/\(name)"), swiftSettings: strict)
}

func service(_ name: String, path: String, _ dependencies: String...) -> Target {
    .target(
        name: name, dependencies: dependencies.map { .byName(name: $0) }, path: path, exclude: readme(path),
        swiftSettings: strict)
}

func program(_ name: String, path: String, _ dependencies: String...) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies.map { .byName(name: $0) }, path: path, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: String...) -> Target {
    .testTarget(
        name: name, dependencies: (["TestSupport"] + dependencies).map { .byName(name: $0) }, path: "Tests/\(name)",
        swiftSettings: strict)
}

let package = Package(
    name: "latchkey",
    products: [
        .executable(name: "latchkey-auth", targets: ["latchkey-auth"]),
        .executable(name: "latchkey-helpdesk", targets: ["latchkey-helpdesk"]),
        .executable(name: "latchkey", targets: ["latchkey"]),
    ],
    targets: [
        // Level 1
        system("CArgon2", "libargon2", apt: "libargon2-dev"),
        system("CCurl", "libcurl", apt: "libcurl4-openssl-dev"),
        system("CLDAP", "ldap", apt: "libldap-dev"),
        system("CLibXML2", "libxml-2.0", apt: "libxml2-dev"),
        system("CMicroHTTPD", "libmicrohttpd", apt: "libmicrohttpd-dev"),
        system("COpenSSL", "libcrypto", apt: "libssl-dev"),
        system("CPostgres", "libpq", apt: "libpq-dev"),
        system("CPWQuality", "pwquality", apt: "libpwquality-dev"),
        system("CQREncode", "libqrencode", apt: "libqrencode-dev"),
        system("CSQLite", "sqlite3", apt: "libsqlite3-dev"),
        system("CXLSXWriter", "xlsxwriter", apt: "libxlsxwriter-dev"),
        // No pkg-config name: its only flag, -DUTF8PROC_EXPORTS, is one SwiftPM warns about and nobody needs.
        system("CUTF8Proc", apt: "libutf8proc-dev"),
        shared("Model"),
        shared("Platform", "Model"),
        shared("Observability", "Model", "Platform"),
        shared("StrictJSON", "Model"),
        // Level 2
        shared("Configuration", "Model", "StrictJSON"),
        shared("Policy", "Model"),
        shared("Web", "Model", "Platform", "Observability", "StrictJSON"),
        shared("Crypto", "Model", "Platform", "StrictJSON", "COpenSSL", "CArgon2"),
        shared("QRCode", "CQREncode"),
        shared("TextFolding", "CUTF8Proc"),
        shared("SQL", "Model", "Platform", "Configuration", "CSQLite", "CPostgres"),
        shared("Transport", "Model", "Platform", "CCurl"),
        shared("Passwords", "Model", "Platform", "TextFolding", "CPWQuality"),
        shared("AuthAPI", "Model", "StrictJSON"),
        shared("Export", "TextFolding", "CLibXML2", "CXLSXWriter"),
        // Level 3
        shared("HTTPServer", "Model", "Platform", "Configuration", "Observability", "Web", "CMicroHTTPD"),
        shared("Audit", "Model", "Platform", "StrictJSON", "SQL", "Crypto"),
        shared(
            "Directory", "Model", "Platform", "Observability", "StrictJSON", "Configuration", "SQL", "Crypto",
            "TextFolding", "Passwords", "Transport", "CLDAP"),
        shared(
            "Messaging", "Model", "Platform", "Observability", "StrictJSON", "Configuration", "SQL", "Crypto",
            "Transport"),
        shared("AuthClient", "Model", "Platform", "Observability", "StrictJSON", "AuthAPI", "Crypto", "Transport"),
        // What stands on all of level 3, and under both services
        shared(
            "Hosting", "Model", "Platform", "Observability", "StrictJSON", "Configuration", "Web", "Crypto", "SQL",
            "HTTPServer", "Audit", "Directory", "Messaging"),
        // Level 4
        service(
            "AuthService", path: "Services/Auth/Service", "Model", "Platform", "Observability", "StrictJSON",
            "Hosting", "Configuration", "Policy", "Web", "Crypto", "QRCode", "TextFolding", "SQL", "AuthAPI",
            "HTTPServer", "Audit", "Directory", "Messaging"),
        service(
            "HelpdeskService", path: "Services/Helpdesk/Service", "Model", "Platform", "Observability", "StrictJSON",
            "Hosting", "Configuration", "Policy", "Web", "Crypto", "TextFolding", "SQL", "Passwords", "AuthAPI",
            "Export", "HTTPServer",
            "Audit", "Directory", "Messaging", "AuthClient"),
        service(
            "ControlCommands", path: "Services/Control/Commands", "Model", "Platform", "Observability", "StrictJSON",
            "Hosting", "Configuration", "Policy", "Crypto", "SQL", "Passwords", "Transport", "Audit", "Directory",
            "Messaging",
            "AuthService", "HelpdeskService"),
        // Level 5
        program("latchkey-auth", path: "Services/Auth/Server", "AuthService", "Platform"),
        program("latchkey-helpdesk", path: "Services/Helpdesk/Server", "HelpdeskService", "Platform"),
        program("latchkey", path: "Services/Control/Tool", "ControlCommands", "Platform"),
        // Tests; every one of them may use TestSupport
        .target(
            name: "TestSupport", dependencies: ["Model", "Platform", "SQL"], path: "Tests/TestSupport",
            swiftSettings: strict),
        .executableTarget(
            name: "latchkey-bench-seed",
            dependencies: ["AuthService", "AuthAPI", "Crypto", "SQL", "StrictJSON", "Platform", "Model"],
            path: "Tests/Benchmarks/Seed", swiftSettings: strict),
        tests("ModelTests", "Model", "Platform"),
        tests("StrictJSONTests", "StrictJSON", "Configuration", "Observability", "Platform", "Model"),
        tests("PolicyTests", "Policy", "Model"),
        tests("WebTests", "Web", "HTTPServer", "Observability", "StrictJSON", "Platform", "Model"),
        tests("CryptoTests", "Crypto", "QRCode", "Passwords", "Platform", "Model", "StrictJSON"),
        tests("TextFoldingTests", "TextFolding"),
        tests("ExportTests", "Export", "Platform"),
        tests("SQLTests", "SQL", "Platform", "Model"),
        tests("TransportTests", "Transport", "StrictJSON", "Platform", "Model"),
        tests("AuditTests", "Audit", "SQL", "Crypto", "StrictJSON", "Platform", "Model"),
        tests(
            "DirectoryTests", "Directory", "SQL", "Crypto", "Passwords", "Platform", "Model", "Configuration",
            "StrictJSON",
            "Transport"),
        tests(
            "MessagingTests", "Messaging", "Transport", "StrictJSON", "SQL", "Crypto", "Platform", "Model",
            "Configuration",
            "Observability"),
        tests(
            "AuthServiceTests", "AuthService", "Web", "SQL", "Crypto", "Audit", "Directory", "Messaging", "Policy",
            "AuthAPI", "StrictJSON", "Platform", "Model"),
        tests(
            "HelpdeskServiceTests", "HelpdeskService", "Hosting", "AuthClient", "AuthAPI", "Web", "SQL", "Crypto",
            "Audit",
            "Directory", "Messaging", "Policy", "Passwords", "HTTPServer", "Configuration", "Observability",
            "StrictJSON", "Platform", "Model"),
        tests("ArchitectureTests"),
    ]
)
