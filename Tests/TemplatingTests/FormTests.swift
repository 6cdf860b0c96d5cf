import Broadcast
import Foundation
import Testing

@testable import Templating

/// What each construct of CommonMark becomes, and what overrides replace.
struct FormTests {
    /// Markdown, then the webhook's HTML, the plain text, and Telegram's HTML without the title.
    private static let constructs: [(String, String, String, String)] = [
        (
            "a *b* **c** ***d***", "<p>a <em>b</em> <strong>c</strong> <em><strong>d</strong></em></p>\n",
            "a b c d",
            "a <i>b</i> <b>c</b> <i><b>d</b></i>"
        ),
        ("a\nb  \nc\\\nd", "<p>a\nb<br>\nc<br>\nd</p>\n", "a b\nc\nd", "a b\nc\nd"),
        ("`x < y`", "<p><code>x &lt; y</code></p>\n", "x < y", "<code>x &lt; y</code>"),
        (
            "**a `b` *c***", "<p><strong>a <code>b</code> <em>c</em></strong></p>\n", "a b c",
            "<b>a b <i>c</i></b>"
        ),
        (
            "```sh\na < b\n\nc\n```", "<pre><code>a &lt; b\n\nc\n</code></pre>\n", "a < b\n\nc",
            "<pre>a &lt; b\n\nc</pre>"
        ),
        (
            "- a\n- b\n  - c\n  - d\n- e",
            "<ul>\n<li>a</li>\n<li>b\n<ul>\n<li>c</li>\n<li>d</li>\n</ul>\n</li>\n<li>e</li>\n</ul>\n",
            "- a\n- b\n  - c\n  - d\n- e", "• a\n• b\n  • c\n  • d\n• e"
        ),
        ("3. a\n4. b", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>\n", "3. a\n4. b", "3. a\n4. b"),
        (
            "- a\n\n- b\n\n  c", "<ul>\n<li><p>a</p>\n</li>\n<li><p>b</p>\n<p>c</p>\n</li>\n</ul>\n",
            "- a\n\n- b\n\n  c", "• a\n\n• b\n\n  c"
        ),
        (
            "> a\n>\n> b\n>> c",
            "<blockquote>\n<p>a</p>\n<p>b</p>\n<blockquote>\n<p>c</p>\n</blockquote>\n</blockquote>\n",
            "> a\n>\n> b\n>\n> > c", "<blockquote>a\n\nb\n\nc</blockquote>"
        ),
        ("a\n\n---\n\nb", "<p>a</p>\n<hr>\n<p>b</p>\n", "a\n\n----------\n\nb", "a\n\n———\n\nb"),
        (
            "[w *x*](https://a.example/?b=1&c=2 \"t\")",
            "<p><a href=\"https://a.example/?b=1&amp;c=2\">w <em>x</em></a></p>\n",
            "w x (https://a.example/?b=1&c=2)", "<a href=\"https://a.example/?b=1&amp;c=2\">w <i>x</i></a>"
        ),
        (
            "<https://a.example/x> <me@a.example>",
            "<p><a href=\"https://a.example/x\">https://a.example/x</a> <a href=\"mailto:me@a.example\">me@a.example</a></p>\n",
            "https://a.example/x me@a.example",
            "<a href=\"https://a.example/x\">https://a.example/x</a> <a href=\"mailto:me@a.example\">me@a.example</a>"
        ),
        (
            "![Map](https://a.example/m.png)", "<p><a href=\"https://a.example/m.png\">Map</a></p>\n",
            "Map (https://a.example/m.png)",
            "<a href=\"https://a.example/m.png\">Map</a>"
        ),
        (
            "[![Map](https://a.example/m.png)](https://a.example)",
            "<p><a href=\"https://a.example\">Map</a></p>\n",
            "Map (https://a.example/m.png) (https://a.example)", "<a href=\"https://a.example\">Map</a>"
        ),
        (
            "a <b>b</b> <!-- c -->", "<p>a &lt;b&gt;b&lt;/b&gt; &lt;!-- c --&gt;</p>\n",
            "a <b>b</b> <!-- c -->",
            "a &lt;b&gt;b&lt;/b&gt; &lt;!-- c --&gt;"
        ),
        (
            "<div onclick=\"x\">\n", "<pre><code>&lt;div onclick=&quot;x&quot;&gt;\n</code></pre>\n",
            "<div onclick=\"x\">",
            "<pre>&lt;div onclick=&quot;x&quot;&gt;</pre>"
        ),
        ("&copy; &lt; \\* \\_", "<p>© &lt; * _</p>\n", "© < * _", "© &lt; * _"),
        ("[a](<https://a.example/b c\"d>)", "<p>a</p>\n", "a", "a"),
        (
            "[è](https://a.example/è'\"<>)",
            "<p><a href=\"https://a.example/%C3%A8&#39;%22%3C%3E\">è</a></p>\n",
            "è (https://a.example/%C3%A8'%22%3C%3E)",
            "<a href=\"https://a.example/%C3%A8&#39;%22%3C%3E\">è</a>"
        ),
    ]

    @Test(arguments: constructs.indices)
    func `a construct reads well in every form`(index: Int) throws {
        let (markdown, html, text, telegram) = Self.constructs[index]
        let template = try CompiledTemplate(.sample(markdown))
        #expect(try template.html(.webhook) == html)
        #expect(try template.text(.webhook) == text)
        #expect(try template.text(.email) == text + "\n")
        #expect(try template.text(.telegram) == "<b>Hello</b>\n\n" + telegram)
    }

    @Test func `a heading leads in Telegram instead of the subject`() throws {
        let template = try CompiledTemplate(.sample("# A **b** [c](https://a.example)\n\n## D\nx"))
        #expect(
            try template.text(.telegram) == "<b>A b <a href=\"https://a.example\">c</a></b>\n\n<b>D</b>\n\nx")
    }

    @Test func `mail text is folded at 76 columns, with values and within quotes and lists`() throws {
        let words = (1...40).map { "word\($0)" }.joined(separator: " ")
        let body =
            "\(words) {{contact.name}} \(words)\n\n> - \(words)\n\nhttps://a.example/\(String(repeating: "x", count: 90))"
        let text = try CompiledTemplate(.sample(body)).text(.email, for: .sample(name: "Zoë Rossi"))
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.allSatisfy { $0.count <= 76 || $0.hasPrefix("https://") })
        #expect(lines.count { $0.count > 66 } >= 8)
        #expect(lines.allSatisfy { !$0.hasSuffix(" ") })
        #expect(lines.contains { $0.hasPrefix(">   word") } && lines.contains { $0.hasPrefix("> - word1 ") })
        #expect(
            text.replacing("\n>   ", with: " ").replacing("\n", with: " ").contains(
                "\(words) Zoë Rossi \(words)"))
    }

    @Test(arguments: [
        (
            "", "One *two*\nthree\n\n- four\n- five\n\n> six\n\n    code",
            "One two three - four - five six code"
        ),
        ("sms: \"Short: {{contact.name}}\"\n", "long", "Short: Ada"),
        ("sms: \"È “giù” – ok\"\n", "long", "E' \"giù\" - ok"), ("sms: È 😀\n", "long", "È 😀"),
    ])
    func `an SMS is one short paragraph`(front: String, body: String, expected: String) throws {
        #expect(try CompiledTemplate(.sample(body, front: front)).text(.sms) == expected)
    }

    @Test(arguments: [(4_096, true), (4_097, false)])
    func `Telegram's limit counts characters after entities`(count: Int, isAllowed: Bool) throws {
        let body = "# **a** [b](https://a.example) & <" + String(repeating: "x", count: count - 7)
        let template = try CompiledTemplate(.sample(body))
        guard !isAllowed else {
            #expect(try template.rendered(.telegram).text.count > 4_096)
            return
        }
        let problem = try #require(throws: RenderProblem.self) { try template.rendered(.telegram) }
        #expect(problem.what == "4,097 characters, 1 more than the 4,096 allowed")
    }

    @Test(arguments: [
        ("", 0), ("abc", 3), ("<b>a</b>", 1), ("&amp;&lt;&#39;", 3), ("è中", 2), ("😀", 2), ("a\nb", 3),
        ("a & b", 5), ("&copy;", 6), ("AT&T; x", 7), ("&#39;&#x27;", 2),
    ])
    func `the length of Telegram's HTML leaves out tags`(html: String, length: Int) {
        #expect(TelegramMarkup.length(of: Array(html.utf8)) == length)
    }

    @Test func `overrides replace one form each, in their own locale`() throws {
        let template = try CompiledTemplate(
            .sample(
                "body {{contact.name}}",
                files: [
                    "t/message.it.md": "---\nsubject: \"A & B\"\n---\ncorpo",
                    "t/email.html": "<p>{{subject}} {{contact.name}}</p>{{{content}}}",
                    "t/email.it.html": "<i>{{subject}}</i>",
                    "t/email.txt": "T {{contact.name}} <&>\n", "t/sms.it.txt": "breve\n\n",
                    "t/telegram.html":
                        "<b>{{contact.name}}</b> <a href=\"https://x.example/{{contact.name}}\">x</a>\n",
                    "t/webhook.json":
                        #"{"a": [1, true, null, "{{title}}: {{text}}"], "{{k}}": 0.045, "h": "{{{html}}}"}"#,
                ]))
        let english = Contact.sample(name: "A <b> & \"c\"")
        #expect(
            try template.html(.email, for: english)
                == "<p>Hello A &lt;b&gt; &amp; &quot;c&quot;</p>"
                + "<p style=\"margin:0 0 16px\">body A &lt;b&gt; &amp; &quot;c&quot;</p>\n")
        #expect(try template.text(.email, for: english) == "T A <b> & \"c\" <&>\n")
        #expect(try template.text(.sms, for: english) == "body A <b> & \"c\"")
        #expect(
            try template.text(.telegram, for: english)
                == "<b>A &lt;b&gt; &amp; &quot;c&quot;</b> <a href=\"https://x.example/A%20%3Cb%3E%20%26%20%22c%22\">x</a>"
        )
        let expected = JSONValue.object([
            "a": .array([.number("1"), .bool(true), .null, .string("Hello: body A <b> & \"c\"")]),
            "{{k}}": .number("0.045"),
            "h": .string("<p>body A &lt;b&gt; &amp; &quot;c&quot;</p>\n"),
        ])
        #expect(try template.rendered(.webhook, for: english).json == expected)
        let italian = Contact.sample(locale: "it")
        #expect(try template.html(.email, for: italian) == "<i>A &amp; B</i>")
        #expect(try template.text(.sms, for: italian) == "breve")
        #expect(try template.text(.telegram, for: italian).hasPrefix("<b>Ada</b>"))
    }

    @Test func `partials are of the file's own kind and locale`() throws {
        let template = try CompiledTemplate(
            .sample(
                "x\n\n{{>foot}}",
                files: [
                    "t/message.it.md": "x\n\n{{>foot}}", "_partials/foot.md": "Bye *{{contact.name}}*",
                    "_partials/foot.it.md": "Ciao *{{contact.name}}*",
                    "_partials/foot.html": "<i>{{contact.name}}</i>",
                    "layouts/email.html": "{{{content}}}{{>foot}}",
                ]))
        #expect(try template.html(.webhook, for: .sample(name: "*A*")).hasSuffix("<p>Bye <em>*A*</em></p>\n"))
        #expect(try template.text(.webhook, for: .sample(locale: "it")).hasSuffix("Ciao Ada"))
        #expect(try template.html(.email, for: .sample(locale: "it")).hasSuffix("<i>Ada</i>"))
    }

    @Test func `the sender's own Markdown is taken as such only where three braces ask for it`() throws {
        let template = try CompiledTemplate(
            .sample("{{v}}\n\n{{{v}}}", front: "variables: {v: text}\n", variables: ["v": "*a*\n\n- b <i>"]))
        #expect(
            try template.html(.webhook)
                == "<p>*a* - b &lt;i&gt;</p>\n<p><em>a</em></p>\n<ul>\n<li>b &lt;i&gt;</li>\n</ul>\n")
    }

    @Test func `without a layout a mail has a plain frame`() throws {
        let html = try CompiledTemplate(.sample("x", front: "subject: A & B\n")).html(.email)
        #expect(html.hasPrefix("<!doctype html>") && html.contains("<title>A &amp; B</title>"))
        #expect(html.contains("<p style=\"margin:0 0 16px\">x</p>"))
    }
}
