import Glibc
import CQREncode

/// Why a text has no QR code.
public enum QRCodeError: Error, Sendable, Equatable {
    /// Empty, or longer than the largest symbol holds (2,331 bytes at error correction M).
    case length
    /// The library refused, with the system's error number.
    case failed(Int32)
}

/// QR codes (ISO/IEC 18004), for the secret of an authenticator app (TP-04).
public enum QRSymbol {
    /// The text as a standalone SVG picture, black on white with the quiet zone of 4 modules around it.
    ///
    /// It has no style attributes and no scripts, so it shows under a content security policy without `inline`.
    public static func svg(_ text: String) throws(QRCodeError) -> String {
        let modules = try modules(text)
        let side = modules.count + 2 * quietZone
        return
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(side) \(side)\" shape-rendering=\"crispEdges\">"
            + "<rect width=\"\(side)\" height=\"\(side)\" fill=\"#fff\"/><path fill=\"#000\" d=\"\(path(modules))\"/></svg>"
    }

    private static let quietZone = 4

    /// Row by row, whether a module is dark.
    private static func modules(_ text: String) throws(QRCodeError) -> [[Bool]] {
        let bytes = Array(text.utf8)
        guard (1...2_331).contains(bytes.count) else { throw .length }
        guard let symbol = QRcode_encodeData(Int32(bytes.count), bytes, 0, QR_ECLEVEL_M) else { throw .failed(errno) }
        defer { QRcode_free(symbol) }
        let width = Int(symbol.pointee.width)
        let data = UnsafeBufferPointer(start: symbol.pointee.data, count: width * width)
        return (0..<width).map { row in data[row * width..<(row + 1) * width].map { $0 & 1 == 1 } }
    }

    /// Each run of dark modules of a row as one rectangle.
    private static func path(_ modules: [[Bool]]) -> String {
        var path = ""
        for (row, line) in modules.enumerated() {
            var start = 0
            while let first = line[start...].firstIndex(of: true) {
                start = line[first...].firstIndex(of: false) ?? line.count
                path += "M\(first + quietZone) \(row + quietZone)h\(start - first)v1H\(first + quietZone)z"
            }
        }
        return path
    }
}
