import Configuration
import Model
import StrictJSON
import Testing

private func reader(_ text: String, file: String = "/etc/latchkey/auth.json5") -> ConfigurationReader {
    ConfigurationReader(file: file, bytes: Array(text.utf8))
}

/// The problems as `pointer message`.
private func problems(_ reader: ConfigurationReader) -> [String] {
    reader.problems.map { ($0.pointer + " " + $0.message) }
}

private enum Color: String, CaseIterable { case red, green, darkBlue }

@Suite struct ConfigurationReaderTests {
    @Test func `a correct file is read whole`() {
        let reader = reader(
            """
            { // what people write
              name: 'x', port: 8401, open: true, idleSeconds: 60, tags: ['a', 'b'], color: 'green',
              colors: ['red', 'darkBlue'], server: {host: 'h'}, list: [{n: 1}, {n: 2}], byName: {b: {n: 1}, a: {n: 2}},
              store: 'corp', limits: {codeDigits: 6},
            }
            """)
        #expect(reader.string("name") == "x")
        #expect(reader.integer("port", default: 1, in: 1...65_535) == 8401)
        #expect(reader.bool("open"))
        #expect(reader.seconds("idleSeconds", in: 1...60) == .seconds(60))
        #expect(reader.strings("tags") == ["a", "b"])
        #expect(reader.choice("color", default: Color.red) == .green)
        #expect(reader.choices("colors", default: []) == [Color.red, .darkBlue])
        #expect(reader.object("server").string("host") == "h")
        #expect(reader.objects("list").map { $0.integer("n", in: 0...9) } == [1, 2])
        let byName = reader.objectMembers("byName").map { ($0, $1.integer("n", in: 0...9)) }
        #expect(byName.map(\.0) == ["b", "a"])
        #expect(byName.map(\.1) == [1, 2])
        #expect(reader.parsed("store", as: "store id") { StoreID($0) }?.text == "corp")
        #expect(reader.limits("limits")[SecurityLimits.codeDigits] == 6)
        reader.finish()
        #expect(problems(reader) == [])
    }

    @Test func `a silent file gives the defaults`() {
        let reader = reader("{}")
        #expect(reader.string("a", default: "d") == "d")
        #expect(reader.integer("b", default: 5, in: 1...9) == 5)
        #expect(!reader.bool("c", default: false))
        #expect(reader.strings("d", default: ["x"]) == ["x"])
        #expect(reader.choice("e", default: Color.darkBlue) == .darkBlue)
        #expect(reader.choices("f", default: [Color.red]) == [.red])
        #expect(reader.optionalString("g") == nil)
        #expect(reader.optionalInteger("g", in: 0...1) == nil)
        #expect(reader.optionalObject("g") == nil)
        #expect(reader.optionalSecret("g") == nil)
        #expect(reader.optionalPath("g") == nil)
        #expect(reader.optionalChoice("g", of: Color.self) == nil)
        #expect(reader.optionalParsed("g", as: "id") { StoreID($0) } == nil)
        #expect(reader.objects("h").isEmpty)
        #expect(reader.objectMembers("i").isEmpty)
        #expect(reader.object("j", required: false).integer("k", default: 3, in: 1...9) == 3)
        #expect(reader.limits("l") == SecurityLimits())
        reader.finish()
        #expect(problems(reader) == [])
    }

    @Test func `every problem of a file is reported, in the order of the file`() {
        let reader = reader(
            """
            {
              port: 70000, nmae: 'x', open: 'yes', tags: ['a', 1, ''], color: 'drakBlue',
              colors: ['red', 'red', 'pink'],
              server: {host: 5, prot: 1}, list: [{}, 3], limits: {codeDigits: 4, codeDigit: 8},
              password: 'hunter2', store: 'a b', xyzzy: 1,
            }
            """)
        // Read in another order than they stand in.
        _ = reader.secret("password")
        _ = reader.limits("limits")
        for element in reader.objects("list") { _ = element.string("n") }
        let server = reader.object("server")
        _ = server.integer("port", default: 1, in: 1...9)
        _ = server.string("host")
        let _: Set<Color> = reader.choices("colors")
        let _: Color = reader.choice("color")
        _ = reader.strings("tags")
        _ = reader.bool("open")
        _ = reader.string("name")
        _ = reader.integer("port", in: 1...65_535)
        _ = reader.parsed("store", as: "store id") { StoreID($0) }
        reader.report("is too loud", at: "open")
        reader.finish()
        #expect(
            problems(reader) == [
                "/port must be between 1 and 65535",
                "/nmae is not a known setting; did you mean \"name\"?",
                "/open must be true or false",
                "/open is too loud",
                "/tags/1 must be a string",
                "/tags/2 must have 1 to 1024 characters",
                "/color must be one of red, green, darkBlue; did you mean \"darkBlue\"?",
                "/colors/1 is named twice",
                "/colors/2 must be one of red, green, darkBlue",
                "/server/host must be a string",
                "/server/prot is not a known setting; did you mean \"port\"?",
                "/list/0/n is missing",
                "/list/1 must be an object",
                "/limits/codeDigits must be between 6 and 10",
                "/limits/codeDigit is not a known setting; did you mean \"codeDigits\"?",
                "/password must be {file: \"path\"} or {env: \"NAME\"}: secrets do not stand in configuration",
                "/store is not a valid store id",
                "/xyzzy is not a known setting",
                "/name is missing",
            ])
    }

    @Test func `a problem answers a placeholder the caller can go on with`() {
        let reader = reader("{a: 1, b: 'x', c: 1, d: 1, e: 1, f: 99}")
        #expect(reader.string("a") == "")
        #expect(reader.integer("b", in: 3...9) == 3)
        #expect(!reader.bool("c"))
        #expect(reader.strings("d") == [])
        #expect(reader.choice("e", default: Color.green) == .green)
        #expect(reader.integer("f", default: 7, in: 3...9) == 7)
        #expect(reader.problems.count == 6)
    }

    @Test func `what is missing inside a missing object is not reported`() {
        let reader = reader("{list: [], wrong: 1}")
        _ = reader.object("server").object("tls").string("certificate")
        _ = reader.object("wrong").string("x")
        _ = reader.objects("list", count: 1...9)
        _ = reader.objects("more", count: 1...9)
        reader.finish()
        #expect(
            problems(reader) == [
                "/list must have 1 to 9 elements", "/wrong must be an object", "/server is missing", "/more is missing",
            ])
    }

    @Test func `a required setting inside an optional object that is absent is reported`() {
        let reader = reader("{}")
        _ = reader.object("server", required: false).string("host")
        #expect(problems(reader) == ["/server/host is missing"])
    }

    @Test func `a text that is no JSON5 is one problem with its line`() {
        let reader = reader("{\n  a: {b: 1,,},\n}")
        _ = reader.string("x")
        _ = reader.object("y").string("z")
        reader.finish()
        #expect(reader.problems.map(\.pointer) == ["/a"])
        #expect(reader.problems.first?.message == "line 2, column 12: a name is missing")
        #expect(reader.problems.first?.file == "/etc/latchkey/auth.json5")
    }

    @Test(arguments: ["[]", "1", "null"])
    func `a file that holds no object is one problem`(text: String) {
        let reader = reader(text)
        _ = reader.string("x")
        reader.finish()
        #expect(problems(reader) == [" must be an object"])
    }

    @Test func `a setting that stands twice is a problem`() {
        #expect(reader("{a: 1, 'a': 2}").problems.map(\.message) == ["line 1, column 8: occurs twice"])
    }

    @Test func `a problem found twice is reported once`() {
        let reader = reader("{}")
        _ = reader.string("a")
        _ = reader.string("a")
        #expect(problems(reader) == ["/a is missing"])
    }

    @Test func `a problem prints as file, pointer and message`() {
        let problem = ConfigurationProblem(file: "a.json5", pointer: "/b", message: "is missing")
        #expect(problem.description == "a.json5: /b is missing")
    }

    @Test(arguments: [
        ("/etc/latchkey/a.json5", "keys/x", "/etc/latchkey/keys/x"), ("/etc/a.json5", "/abs/x", "/abs/x"),
        ("conf/a.json5", "../x", "conf/../x"), ("a.json5", "x", "x"), ("/a.json5", "x", "/x"),
    ])
    func `a relative path starts at the folder of the file`(file: String, path: String, result: String) {
        #expect(reader("{p: '\(path)'}", file: file).path("p") == result)
        #expect(reader("{}", file: file).path("p", default: path) == result)
    }

    @Test(arguments: [
        "{}", "{file: 'a', env: 'A'}", "{flie: 'a'}", "{env: '1A'}", "{env: 'A=B'}", "{env: ''}", "{file: 1}",
    ])
    func `a malformed secret reference is a problem`(text: String) {
        let reader = reader("{s: \(text)}")
        #expect(reader.secret("s") == nil)
        reader.finish()
        #expect(reader.problems.count == 1)
    }

    @Test func `a literal secret is refused without being repeated`() {
        let reader = reader("{s: 'hunter2'}")
        #expect(reader.secret("s") == nil)
        #expect(!problems(reader).joined().contains("hunter2"))
    }

    @Test func `every security limit can be set by its name and only inside its range`() {
        for limit in SecurityLimits.all {
            let upper = reader("{l: {\(limit.name): \(limit.range.upperBound)}}")
            #expect(upper.limits("l")[limit] == limit.range.upperBound)
            upper.finish()
            #expect(upper.problems == [])
            let outside = reader("{l: {\(limit.name): \(limit.range.upperBound + 1)}}")
            #expect(outside.limits("l")[limit] == limit.standard)
            #expect(outside.problems.map(\.pointer) == ["/l/\(limit.name)"])
        }
    }
}
