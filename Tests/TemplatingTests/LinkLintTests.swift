import Broadcast
import Testing

@testable import Templating

/// Where the links stand of which `check` says something.
struct LinkLintTests {
    private func findings(
        _ body: String, front: String = "", files: [String: String] = [:]
    ) throws -> [String] {
        let template = try CompiledTemplate(.sample(body, front: front, files: files), unset: .shown)
        return template.findings(sms: nil).map { "\($0.code.rawValue) \($0)" }
    }

    /// A link as its author spells it.
    @Test(arguments: [
        "http://acme.example/straße", "http://acme.example/stra%C3%9Fe", "http://bücher.example/x",
        "http://acme.example/?a=1&amp;b=ü",
        "http://acme.example/a\\_b", "http://acme.example/x?{{contact.id}}&ü",
        "http://{{contact.id}}.bücher.example", "http://acme.example/ü?v={{v}}",
    ])
    func `a link is found however it is spelled`(link: String) throws {
        let found = try findings("x\n\n[a](\(link))", front: "variables: {v: What}\n")
        #expect(found.count == 1 && found[0].hasPrefix("link-insecure t/message.md:8: "), "\(found)")
    }

    @Test func `of two links that begin alike each has its own line`() throws {
        let found = try findings("[a](http://acme.example/ü)\n\n[b](http://acme.example/ö)")
        #expect(
            found.map { $0.prefix(32) } == [
                "link-insecure t/message.md:5: “h", "link-insecure t/message.md:7: “h",
            ])
    }

    /// A host, and whether it means nothing outside the author's network.
    @Test(arguments: [
        ("10.0.0.1", true), ("192.168.1.1", true), ("172.16.0.1", true), ("172.32.0.1", false),
        ("127.0.0.1", true), ("169.254.1.1", true), ("100.64.0.1", true), ("8.8.8.8", false), ("[::1]", true),
        ("[fd00::1]", true), ("[FE80::1]", true), ("[::ffff:10.0.0.1]", true), ("[::ffff:8.8.8.8]", false),
        ("[2001:db8::1]", false), ("nas.local", true), ("NAS.Local.", true), ("wiki.internal", true),
        ("wiki.lan", true), ("router.home.arpa", true), ("a.localhost", true), ("localhost", true),
        ("intranet", true), ("local.example", false), ("10.0.0.1.example", false),
        ("home.arpanet.example", false),
    ])
    func `a host that only the own network knows is told`(host: String, isOwn: Bool) throws {
        for port in ["", ":8443"] {
            let found = try findings("[a](https://\(host)\(port)/x)")
            #expect(found.count == (isOwn ? 1 : 0), "\(found)")
            #expect(found.allSatisfy { $0.contains("names a host that only your own network knows") })
        }
    }

    @Test func `the links of a webhook's own body are looked at`() throws {
        let json = #"""
            { "a": ["http://acme.example/a?x=1&y={{contact.id}}",
                "see https://status/now and https://acme.example."],
              "b": { "c": "http:\/\/acme.example\/b", "d": "{{#contact.a}}http://acme.example/d{{/contact.a}}" },
              "e": "{{text}}", "http://key.example": 1 }
            """#
        let found = try findings("x", files: ["t/webhook.json": json])
        #expect(
            Set(found.map { String($0.prefix { $0 != "“" }) }) == [
                "link-insecure t/webhook.json:1: ", "link-hostless t/webhook.json:2: ",
                "link-insecure t/webhook.json:3: ",
            ], "\(found)")
        #expect(found.count == 4, "\(found)")
        #expect(
            try findings(
                "x", files: ["t/webhook.json": #"{"a": "https://acme.example/ü", "b": "{{links.website}}"}"#])
                == [])
    }

    /// A text in which an address is cut, and what is told of it.
    @Test(arguments: [
        ("https://acme.example/_foo_/bar", "“https://acme.example/” is no link"),
        ("see https://acme.example/wiki/__init__ now", "“https://acme.example/wiki/” is no link"),
        ("> - **(https://acme.example/`x`)**", "“https://acme.example/” is no link"),
        ("https://acme.example/{{contact.id}}/*x*", "“https://acme.example/{{contact.id}}/” is no link"),
        ("{{links.website}}/*x*", "“{{links.website}}/” is no link"),
        ("*see*https://acme.example", "“https://acme.example” is no link"),
        ("*https://acme.example*/path", "“https://acme.example” is no link"),
        ("see **a https://acme.example**x", "“https://acme.example” is no link"),
    ])
    func `an address that signs cut is told with its line`(body: String, expected: String) throws {
        let found = try findings("x\n\n" + body)
        #expect(found.count == 1, "\(found)")
        let told =
            "link-cut t/message.md:7: \(expected), since *, _ or ` cut it; write the whole address as <https://…>"
        #expect(found.first == told)
    }

    @Test(arguments: [
        "[x](https://c.example)https://acme.example", "![x](https://c.example/x.png)https://acme.example",
        "https://acme.example[x](https://c.example)", "**https://acme.example**[x](https://c.example)",
    ])
    func `an address that a link touches is told as such`(body: String) throws {
        #expect(
            try findings("x\n\n" + body) == [
                "link-cut t/message.md:7: “https://acme.example” is no link, since a link or a picture touches it; "
                    + "write the whole address as <https://…>"
            ])
    }

    @Test(arguments: [
        "<https://acme.example/_foo_/bar> or <https://acme.example/wiki/__init__>",
        "*see* https://acme.example/x_y *now* (https://acme.example/__)", "**https://acme.example**, *x*",
        "`https://acme.example/`*x*", "https://*x*", "[a](https://acme.example/)*x*",
        "http\\://acme.example/*x*",
    ])
    func `an address that is whole, or none, is not told as cut`(body: String) throws {
        #expect(try !findings(body).contains { $0.hasPrefix("link-cut") })
    }

    /// What is worth changing, thousands of times over.
    @Test(arguments: [
        (#"[x](http://acme.example/N)"#, "link-insecure"), ("[x](pageN.html)", "link-dropped"),
        ("https://acme.example/N/_x_", "link-cut"), ("a <bN> c", "html-shown"),
        ("![](https://acme.example/N.png)", "image-wordless"),
    ])
    func `of thousands of one kind fifty are told, and how many more there are`(text: String, code: String)
        throws
    {
        let body = (0..<3_000).map { text.replacing("N", with: "\($0)") }.joined(separator: "\n\n")
        let content = FrozenContent.sample(body)
        let template = try CompiledTemplate(content, unset: .shown)
        let found = (template.warnings + template.findings(sms: nil)).map { "\($0.code.rawValue) \($0)" }
        #expect(found.count == 51, "\(found.prefix(3))")
        #expect(found.dropLast().allSatisfy { $0.hasPrefix("\(code) t/message.md:") })
        #expect(found[49].hasPrefix("\(code) t/message.md:103: "))
        #expect(
            found.last == "\(code) t/message.md: and 2,950 more like these; mend some, and check again")
    }
}
