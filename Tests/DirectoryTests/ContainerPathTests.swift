import Model
import Testing

@testable import Directory

/// How the embedded store writes places in its tree.
@Suite struct ContainerPathTests {
    @Test(arguments: [
        ("", []), ("Staff", ["Staff"]), ("Staff/Berlin", ["Staff", "Berlin"]), ("A\\/B/C\\\\", ["A/B", "C\\"]),
        ("São Paulo/カスタマー", ["São Paulo", "カスタマー"]), ("O=x,OU=y", ["O=x,OU=y"]),
    ]) func `a path is read and written back`(text: String, components: [String]) {
        let container = ContainerPath.parse(text)
        #expect(container?.components == components)
        #expect(container.map(ContainerPath.text(of:)) == text)
    }

    @Test(arguments: [
        "/", "/Staff", "Staff/", "A//B", "A\\", "A\\B", "A/ B", "A /B", "A\u{0}", "A\nB", "A\u{202E}B",
        String(repeating: "x", count: 129), Array(repeating: "x", count: 33).joined(separator: "/"),
    ]) func `a malformed path is none`(text: String) {
        #expect(ContainerPath.parse(text) == nil)
    }

    /// OP-05
    @Test func `letters are compared composed`() throws {
        let composed = try #require(ContainerPath.parse("S\u{E3}o"))
        let decomposed = try #require(ContainerPath.parse("Sa\u{303}o/Centro"))
        #expect(composed.holds(decomposed))
    }
}
