/// Mail as a web page, made of its plain text, so that the two cannot say different things.
///
/// Nothing in it is fetched from anywhere, and every style stands beside what it styles, which is what mail programs
/// keep.
enum HTMLText {
    /// The page of a template: paragraphs are what empty lines part; one that is indented holds what has to be read or
    /// typed exactly.
    static func page(of template: Template, language: MessageLanguage) -> String {
        let paragraphs = template.mail.replacing("\r\n", with: "\n").split(separator: "\n\n").map { block in
            paragraph(block.split(separator: "\n"))
        }
        return """
            <!DOCTYPE html>
            <html lang="\(language.rawValue)">
            <head><meta charset="utf-8"><title>\(escaped(template.subject))</title></head>
            <body style="margin:0;padding:24px;background:#ffffff;color:#1b1b1b;font:16px/1.5 sans-serif">
            \(paragraphs.joined(separator: "\n"))
            </body>
            </html>

            """
    }

    private static func paragraph(_ lines: [Substring]) -> String {
        let text = lines.map { escaped($0.drop { $0 == " " }) }.joined(separator: "<br>\n")
        guard lines.allSatisfy({ $0.hasPrefix("    ") }) else { return "<p style=\"margin:0 0 16px\">\(text)</p>" }
        let link = "{\(MessageField.link.rawValue)}"
        if text == link {
            return "<p style=\"margin:0 0 16px;word-break:break-all\"><a href=\"\(link)\">\(link)</a></p>"
        }
        return "<p style=\"margin:0 0 16px 24px;font:bold 20px/1.4 monospace\">\(text)</p>"
    }

    /// The text with the five characters that mean something to HTML written as references (HTML §13.1.4).
    static func escaped(_ text: some StringProtocol) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
