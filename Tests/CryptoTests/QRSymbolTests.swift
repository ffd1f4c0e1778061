import Crypto
import Model
import QRCode
import TestSupport
import Testing

@Suite struct QRSymbolTests {
    /// TP-04: drawn by librsvg, read by zbar.
    @Test(arguments: [
        ("Latchkey", "anna@example.org"), ("Café & Söhne", "anna:b?c=d&e%20f"),
        ("日本語", String(repeating: "long.name.", count: 12) + "@example.org"),
    ])
    func `a QR code reads as exactly the URI`(issuer: String, account: String) throws {
        let secret = Secret((0..<20).map { UInt8($0 &* 13) })
        let uri = TOTP.uri(secret: secret, issuer: issuer, account: account)
        #expect(try read(QRSymbol.svg(uri)) == uri)
    }

    @Test(arguments: [1, 2, 300, 1_000])
    func `a QR code of any length reads again`(count: Int) throws {
        let text = String((0..<count).map { Character(Unicode.Scalar(UInt8(0x21 + $0 % 90))) })
        #expect(try read(QRSymbol.svg(text)) == text)
    }

    @Test func `the largest text fits and a larger one is refused`() throws {
        _ = try QRSymbol.svg(String(repeating: "x", count: 2_331))
        #expect(throws: QRCodeError.length) { try QRSymbol.svg(String(repeating: "x", count: 2_332)) }
        #expect(throws: QRCodeError.length) { try QRSymbol.svg("") }
    }

    /// OP-07: it is shown under a content security policy without inline styles and scripts.
    @Test func `the picture has no style, script or link`() throws {
        let svg = try QRSymbol.svg("otpauth://totp/x")
        for word in ["style", "script", "href", "<text", "otpauth"] { #expect(!svg.contains(word)) }
    }

    private func read(_ svg: String) throws -> String {
        let folder = TemporaryFolder()
        let picture = folder.write("code.svg", svg)
        let pixels = folder.file("code.png")
        let deadline = Duration.seconds(30)
        try runSuccessfully("rsvg-convert", ["--width", "1200", "-o", pixels, picture], deadline: deadline)
        return try runSuccessfully(
            "zbarimg", ["--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", "--oneshot", pixels],
            deadline: deadline
        ).text.trimmingLastNewline
    }
}

extension String {
    fileprivate var trimmingLastNewline: String { hasSuffix("\n") ? String(dropLast()) : self }
}
