import Broadcast
import Testing

@testable import Templating

/// Partials whose blocks are given: `{{< parent}}…{{$ block}}…{{/ block}}{{/ parent}}`.
struct InheritanceTests {
    private static let blocks: [MustacheCase] = [
        .init("{{$t}}own{{/t}}", "{}", "own"),
        .init("{{$t}}{{x}}{{/t}}\n", #"{"x": 1}"#, "1\n"),
        .init("{{<p}}{{$t}}new{{/t}}{{/p}}", "{}", "[new]", partials: ["p": "[{{$t}}old{{/t}}]"]),
        .init("{{< p }}{{/ p }}", "{}", "[old]", partials: ["p": "[{{$ t }}old{{/ t }}]"]),
        .init("{{<p}}{{$t}}{{/t}}{{/p}}", "{}", "[]", partials: ["p": "[{{$t}}old{{/t}}]"]),
        .init("{{<none}}{{$t}}x{{/t}}{{/none}}", "{}", ""),
        .init(
            "{{<p}} lost {{x}} {{$t}}new{{/t}} {{/p}}", #"{"x": 1}"#, "new", partials: ["p": "{{$t}}{{/t}}"]),
        .init(
            "{{<p}}{{$a}}A{{/a}}{{/p}}", "{}", "Ab", partials: ["p": "{{$a}}a{{/a}}{{$b}}b{{/b}}"]),
        .init(
            "{{#l}}{{<p}}{{$t}}<{{.}}>{{/t}}{{/p}}{{/l}}", #"{"l": [1, 2]}"#, "(<1>)(<2>)",
            partials: ["p": "({{$t}}{{/t}})"]),
        .init(
            "{{<p}}{{$t}}{{x}}{{/t}}{{/p}}", #"{"x": "out", "in": {"x": "in"}}"#, "in",
            partials: ["p": "{{#in}}{{$t}}{{/t}}{{/in}}"]),
        .init("{{=<% %>=}}<%<p%><%$t%>new<%/t%><%/p%>", "{}", "new", partials: ["p": "{{$t}}{{/t}}"]),
        // What was given further out wins, through parents and partials.
        .init(
            "{{<p}}{{$t}}outer{{/t}}{{/p}}", "{}", "outer",
            partials: ["p": "{{<q}}{{$t}}middle{{/t}}{{/q}}", "q": "{{$t}}inner{{/t}}"]),
        .init("{{<p}}{{$t}}new{{/t}}{{/p}}", "{}", "new", partials: ["p": "{{>q}}", "q": "{{$t}}old{{/t}}"]),
        // What is given is read where it was written: neither another parent's blocks nor its own reach into it.
        .init(
            "{{<p}}{{$t}}page{{/t}}{{$b}}{{<c}}{{$t}}card{{/t}}{{/c}}{{/b}}{{/p}}", "{}", "page:(card)",
            partials: ["p": "{{$t}}{{/t}}:{{$b}}{{/b}}", "c": "({{$t}}{{/t}})"]),
        .init(
            "{{<b}}{{$t}}1{{<b}}{{$t}}2{{/t}}{{/b}}{{/t}}{{/b}}", "{}", "[1[2]]",
            partials: ["b": "[{{$t}}{{/t}}]"]),
        .init("{{<b}}{{$t}}x{{$t}}y{{/t}}{{/t}}{{/b}}", "{}", "[xy]", partials: ["b": "[{{$t}}{{/t}}]"]),
    ]

    private static let page = "top\n{{$t}}\nold\n{{/t}}\nend\n"

    private static let lines: [MustacheCase] = [
        .init("{{<p}}\n{{$t}}\nnew\n{{/t}}\n{{/p}}\n", "{}", "top\nnew\nend\n", partials: ["p": page]),
        .init("{{<p}}{{$t}}new{{/t}}{{/p}}", "{}", "top\nnew\nend\n", partials: ["p": page]),
        .init(
            "{{<p}}\n  {{$t}}\n    one\n\n      two\n  {{/t}}\n{{/p}}", "{}", "top\none\n\n  two\nend\n",
            partials: ["p": page]),
        .init("{{<p}}{{$t}}{{/t}}{{/p}}", "{}", "top\nend\n", partials: ["p": page]),
        .init("{{<p}}{{$t}}\n{{/t}}{{/p}}", "{}", "top\nend\n", partials: ["p": page]),
        .init("{{<p}}{{/p}}", "{}", "top\nold\nend\n", partials: ["p": page]),
        .init("  {{<p}}{{/p}}\n", "{}", "  top\n  old\n  end\n", partials: ["p": page]),
        .init(
            "{{<p}}{{$t}}\na\nb\n{{/t}}{{/p}}", "{}", "  a\n  b\nend", partials: ["p": "  {{$t}}{{/t}}\nend"]),
        .init(
            "{{<p}}{{$t}}\n{{x}}\n{{#x}}\nb\n{{/x}}\n{{/t}}{{/p}}", #"{"x": 1}"#, "  1\n  b\n",
            partials: ["p": "{{$t}}\n  old\n{{/t}}\n"]),
        .init(
            "{{<p}}{{$t}}\n{{>q}}\n{{/t}}{{/p}}", "{}", "  1\n  2\nend",
            partials: ["p": "  {{$t}}{{/t}}\nend", "q": "1\n2\n"]),
        .init("x {{<p}}{{$t}}new{{/t}}{{/p}} y\n", "{}", "x (new) y\n", partials: ["p": "({{$t}}{{/t}})"]),
        .init("a\n  {{$t}}own{{/t}} b\n", "{}", "a\n  own b\n"),
        .init("a\r\n{{$t}}\r\nown\r\n{{/t}}\r\nb", "{}", "a\r\nown\r\nb"),
        .init("a {{$t}}\nb\n{{/t}}\nc", "{}", "a \nb\nc"),
    ]

    @Test(arguments: blocks + lines)
    func `a parent shows what is given for its blocks`(sample: MustacheCase) throws {
        let data = try JSONValue(parsing: Array(sample.data.utf8))
        #expect(
            try MustacheEngine.render(sample.template, data, partials: sample.partials) == sample.expected)
    }

    @Test(arguments: [
        ("\n{{<p}}", 2, "parent {{<p}} is never closed; add {{/p}}"),
        ("{{<p}}\n{{$t}}{{/p}}", 2, "{{/p}} found where {{$t}} of line 2 wants {{/t}}"),
        ("{{$t}}", 1, "block {{$t}} is never closed"), ("{{/t}}", 1, "never opened"),
        ("{{<}}{{/}}", 1, "a name expected"), ("{{$a b}}{{/a b}}", 1, "a name expected"),
        (String(repeating: "{{$a}}", count: 70), 1, "blocks nest deeper than 64"),
        (String(repeating: "{{<a}}", count: 70), 1, "parents nest deeper than 64"),
    ])
    func `bad syntax is named with its line`(template: String, line: Int, what: String) throws {
        let problem = try #require(throws: TemplateProblem.self) {
            try MustacheParser.nodes(of: Array(template.utf8), file: "f.md")
        }
        #expect(problem.line == line && problem.what.contains(what), "\(problem)")
    }

    private static let partials = [
        "_partials/page.md": "Dear reader,\n\n{{$body}}\n{{/body}}\n\n{{$closing}}\nBye\n{{/closing}}\n",
        "_partials/self.md": "x\n{{<self}}{{/self}}", "_partials/a.md": "{{<b}}{{/b}}",
        "_partials/b.md": "{{>a}}",
        "_partials/deep.md": "{{<page}}{{$body}}{{$inner}}{{/inner}}{{/body}}{{/page}}",
        "_partials/html.html": "x",
    ]

    /// A body, and what its one problem says.
    @Test(arguments: [
        (
            "x\n{{<pgae}}{{/pgae}}",
            "t/message.md:6: there is no _partials/pgae.md; did you mean page?"
        ),
        ("{{<../page}}{{/../page}}", "t/message.md:5: “../page” cannot name a partial"),
        ("{{<html}}{{/html}}", "t/message.md:5: there is no _partials/html.md"),
        (
            "{{<page}}\n{{$bdoy}}x{{/bdoy}}\n{{/page}}",
            "t/message.md:6: the parent page has no block bdoy; it has body, closing; did you mean body?"
        ),
        (
            "{{<page}}{{$body}}a{{/body}}\n{{$body}}b{{/body}}{{/page}}",
            "t/message.md:6: the block body is given twice to page"
        ),
        (
            "{{<page}}\nHello\n{{/page}}",
            "t/message.md:5: between {{<page}} and {{/page}} only what stands in a block is shown"
        ),
        (
            "{{<page}}{{$body}}\n{{contact.nmae}}{{/body}}{{/page}}",
            "t/message.md:6: there is no contact.nmae"
        ),
        ("{{<self}}{{/self}}", "_partials/self.md:2: partials contain each other: self → self"),
        ("{{<a}}{{/a}}", "_partials/b.md:1: partials contain each other: a → b → a"),
    ])
    func `a faulty parent is refused with its place`(body: String, expected: String) {
        let found = problems(of: .sample(body, files: Self.partials))
        #expect(found.count == 1 && found[0].contains(expected), "\(found)")
    }

    @Test func `a message is made of a parent in every form, and in its language`() throws {
        let body = "{{<deep}}\n{{$inner}}\nall is **well**, {{contact.name}}.\n{{/inner}}\n{{/deep}}\n"
        var files = Self.partials
        files["_partials/page.it.md"] = "Buongiorno,\n\n{{$body}}\n{{/body}}\n\nA presto\n"
        files["t/message.it.md"] = body.replacing("all is **well**", with: "tutto **bene**")
        files["_partials/card.txt"] = "<{{$what}}nothing{{/what}}>"
        files["t/sms.txt"] = "{{<card}}{{$what}}{{contact.name}}{{/what}}{{/card}}"
        let template = try CompiledTemplate(.sample(body, files: files))
        #expect(try template.text(.webhook) == "Dear reader,\n\nall is well, Ada.\n\nBye")
        #expect(
            try template.html(.webhook)
                == "<p>Dear reader,</p>\n<p>all is <strong>well</strong>, Ada.</p>\n<p>Bye</p>\n")
        #expect(try template.text(.sms) == "<Ada>")
        #expect(
            try template.text(.webhook, for: .sample(locale: "it"))
                == "Buongiorno,\n\ntutto bene, Ada.\n\nA presto")
    }

    @Test func `a section of a reader decides within a block`() throws {
        let body =
            "{{<page}}{{$body}}{{#contact.plan}}Plan {{.}}{{/contact.plan}}{{^contact.plan}}No plan{{/contact.plan}}{{/body}}{{/page}}"
        let template = try CompiledTemplate(.sample(body, files: Self.partials))
        #expect(try template.text(.webhook).contains("\nNo plan\n"))
        #expect(
            try template.text(.webhook, for: .sample(attributes: ["plan": "Pro"])).contains("\nPlan Pro\n"))
    }

    @Test func `parents that multiply are stopped`() {
        var partials: [String: String] = [:]
        for depth in 0..<30 {
            let call = "{{<p\(depth + 1)}}{{$b}}{{$b}}x{{/b}}{{$b}}x{{/b}}{{/b}}{{/p\(depth + 1)}}"
            partials["_partials/p\(depth).md"] = String(repeating: call, count: 5) + "{{$b}}{{/b}}"
        }
        partials["_partials/p30.md"] = "{{$b}}x{{/b}}"
        let found = problems(of: .sample("{{<p0}}{{/p0}}", files: partials))
        #expect(found.count == 1 && found[0].contains("bytes come of its sections"), "\(found)")
    }
}
