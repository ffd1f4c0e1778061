import FoundationEssentials
import TestSupport
import Testing

@testable import Directory

/// How filters are written, read back by a parser that is not ours.
@Suite struct LDAPFilterTests {
    /// Values that mean something to a filter, a name, a C string or a terminal.
    static let corpus: [[UInt8]] =
        [
            "*", "(", ")", "\\", "*)(uid=*", "x)(|(objectClass=*", "x))(|(cn=*)", "\\2a", "\\28", "a\\", "!", "&", "|",
            "=",
            "~=", ">=", "<=", ":=", ":dn:2.5.13.5:=", "a*b", "**", " ", "  ", " a", "a ", "", "\u{0}", "a\u{0}b",
            "a\u{0})(uid=*", "\n", "\r\n", "\t", "\u{7F}", "é", "e\u{301}", "\u{301}", "i\u{307}", "İ", "ß", "日本語", "👩‍👩‍👧",
            "\u{202E}abc", "\u{FEFF}a", "\u{200B}", "a,b=c+d", "#04024869", "\"", "'", ";", "%2a", "&amp;",
            "${jndi:ldap://x}",
        ].map { Array($0.utf8) } + [
            [0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], Array(0...255), Array(repeating: 0x2A, count: 10_000),
            Array(repeating: 0x61, count: 65_536),
        ]

    /// IN-02
    @Test func `whatever a value holds, the parsed filter keeps its tree and the value its bytes`() throws {
        var filters: [LDAPFilter] = []
        for value in Self.corpus {
            filters += [
                .equals("uid", value), .greaterOrEqual("uid", value), .lessOrEqual("uid", value),
                .not(.equals("uid", value)), .and([.equals("objectClass", "person"), .equals("uid", value)]),
                .or([.equals("mail", value), .present("cn"), .and([.not(.equals("sn", value))])]),
                .extensible("ou", rule: "2.5.13.5", inDN: true, value),
            ]
            guard !value.isEmpty else { continue }
            filters += [
                .substrings("cn", initial: value, any: [], final: nil),
                .substrings("cn", initial: nil, any: [value], final: nil),
                .substrings("cn", initial: value, any: [value, value], final: value),
            ]
        }
        let trees = try independently(filters.map(\.text))
        #expect(trees.count == filters.count && filters.count > 400)
        for (filter, tree) in zip(filters, trees) { #expect(tree == expected(filter), "\(filter.text.prefix(200))") }
    }

    @Test func `a filter is written as RFC 4515 has it`() {
        #expect(LDAPFilter.and([]).text == "(&)")
        #expect(LDAPFilter.or([]).text == "(|)")
        #expect(LDAPFilter.not(.present("cn")).text == "(!(cn=*))")
        #expect(LDAPFilter.equals("cn", "Babs Jensen").text == "(cn=Babs\\20Jensen)")
        #expect(LDAPFilter.equals("o", "Parens R Us (for all)").text == "(o=Parens\\20R\\20Us\\20\\28for\\20all\\29)")
        #expect(LDAPFilter.substrings("cn", initial: nil, any: [], final: nil).text == "(cn=*)")
        #expect(LDAPFilter.substrings("cn", initial: nil, any: [[]], final: []).text == "(cn=*)")
        #expect(LDAPFilter.extensible("o", rule: "2.5.13.5", inDN: true, [0x61]).text == "(o:dn:2.5.13.5:=a)")
    }

    @Test(arguments: ["uid", "cn;lang-de", "2.5.4.3", "x-my-attribute", "member;range-0"])
    func `a name of an attribute is taken`(name: String) {
        #expect(LDAPAttributeName(name)?.text == name)
    }

    /// IN-02
    @Test(arguments: [
        "", "uid)", "uid=*)(cn", "uid*", "u id", "uid\u{0}", "1uid", "2.", ".5", "2..5", "2.05", "uid;", "uid;;x",
        "úid", "*",
        "uid:=", String(repeating: "a", count: 129),
    ]) func `what is no name of an attribute is refused`(name: String) {
        #expect(LDAPAttributeName(name) == nil)
    }

    @Test func `names of attributes differ by nothing but case`() {
        #expect(LDAPAttributeName("memberOf") == LDAPAttributeName("memberof"))
        #expect(Set([LDAPAttributeName("CN"), LDAPAttributeName("cn")]).count == 1)
    }

    /// What another implementation makes of the texts.
    private func independently(_ filters: [String]) throws -> [[String]?] {
        let request = try JSONEncoder().encode(["filters": filters])
        let result = try runProgram("/usr/bin/python3", [kitFile("ldap-parse.py")], input: Array(request))
        try #require(result.status == 0, "\(result.errorText)")
        return try JSONDecoder().decode([String: [Tree?]].self, from: Data(result.stdout))["filters"].map {
            $0.map { $0.map(\.words) }
        } ?? []
    }

    private func expected(_ filter: LDAPFilter) -> [String] {
        switch filter {
        case .and(let parts): ["(", "and"] + parts.flatMap(expected) + [")"]
        case .or(let parts): ["(", "or"] + parts.flatMap(expected) + [")"]
        case .not(let part): ["(", "not"] + expected(part) + [")"]
        case .equals(let name, let value): ["(", "equalityMatch", name.text, hex(value), ")"]
        case .present(let name): ["(", "present", name.text, ")"]
        case .greaterOrEqual(let name, let value): ["(", "greaterOrEqual", name.text, hex(value), ")"]
        case .lessOrEqual(let name, let value): ["(", "lessOrEqual", name.text, hex(value), ")"]
        case .substrings(let name, let initial, let any, let final):
            ["(", "substrings", name.text] + (initial.map { ["initial", hex($0)] } ?? [])
                + any.flatMap { ["any", hex($0)] } + (final.map { ["final", hex($0)] } ?? []) + [")"]
        case .extensible(let name, let rule, _, let value): ["(", "extensible", name.text, rule.text, hex(value), ")"]
        }
    }
}

/// A tree as a list of words, with brackets.
private struct Tree: Decodable {
    let words: [String]

    init(from decoder: any Decoder) throws {
        if let word = try? decoder.singleValueContainer().decode(String.self) {
            words = [word]
            return
        }
        var list = try decoder.unkeyedContainer()
        var words = ["("]
        while !list.isAtEnd { words += try list.decode(Tree.self).words }
        self.words = words + [")"]
    }
}

/// Hexadecimal digits, two a byte.
func hex(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.flatMap { [hexDigit($0 >> 4), hexDigit($0 & 0xF)] }, as: UTF8.self)
}
