import Broadcast
import Foundation
import Testing

@testable import Templating

/// What the forms owe to the text as a whole, and what overrides replace.
struct FormTests {
    @Test func `a heading leads in Telegram instead of the subject`() throws {
        let template = try CompiledTemplate(.sample("# A **b** [c](https://a.example)\n\n## D\nx"))
        #expect(
            try template.text(.telegram) == "<b>A b <a href=\"https://a.example\">c</a></b>\n\n<b>D</b>\n\nx")
    }

    @Test(arguments: [("詳しくは", "。ありがとう"), ("詳細：", " をご覧ください"), ("（", "）をご覧ください"), ("", "")])
    func `no address in a mail's text is broken, whatever its letters`(before: String, behind: String) throws
    {
        let address = "https://status.acme.example/お知らせ/システム障害/二〇二六年/十一月/本日の状況/詳細な説明"
        let long = String(repeating: "何かが壊れています。", count: 9)
        let contact = Contact.sample(attributes: ["page": address])
        for shown in [address, "{{contact.page}}"] {
            let template = try CompiledTemplate(.sample("\(long)\(before)\(shown)\(behind)\(long)"))
            let lines = try template.text(.email, for: contact).split(separator: "\n")
            #expect(lines.contains { $0.contains(address) }, "\(lines)")
            #expect(
                lines.count >= 4 && lines.allSatisfy { $0.contains(address) || $0.count <= 38 }, "\(lines)")
        }
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

    /// Thirty-nine characters say too little, forty enough.
    private static let short = String(repeating: "x", count: 39)

    @Test(arguments: [
        ("", "\(short)y *two*\nthree\n\n- four\n\nfive", "\(short)y two three"),
        ("", "# zero\n\n\(short)\n\n- one\n\ntwo\n\nthree", "\(short) two"),
        (
            "", "Dear {{contact.name}} {{contact.name}} {{contact.name}},\n\ntwo\n\nthree",
            "Dear Ada Ada Ada, two"
        ),
        ("variables: {contact.motto: {default: ''}}\n", "{{contact.motto}}\n\ntwo", "two"),
        ("", "\(short)", "\(short)"), ("", "- four\n- five\n\n> six\n\n    code", "- four - five six code"),
        ("sms: \"Short: {{contact.name}}\"\n", "long", "Short: Ada"),
        ("sms: \"È “giù” – ok\"\n", "long", "È “giù” – ok"), ("sms: È 😀\n", "long", "È 😀"),
    ])
    func `an SMS is its short form, else the first paragraph that says something`(
        front: String, body: String, expected: String
    ) throws {
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

    @Test func `without a layout a mail has the frame that comes with the program`() throws {
        let html = try CompiledTemplate(.sample("x", front: "subject: A & B\n")).html(.email)
        #expect(html.hasPrefix("<!doctype html>") && html.contains("<title>A &amp; B</title>"))
        #expect(html.contains("<p style=\"margin:0 0 16px\">x</p>"))
        #expect(html == (try Self.framed("x", front: "subject: A & B\n", as: DefaultLayout.html)))
    }

    private static func framed(_ body: String, front: String, as layout: String) throws -> String {
        try CompiledTemplate(.sample(body, front: front, files: ["layouts/email.html": layout])).html(.email)
    }

    /// What a mail fetches when it is opened tells its sender who reads it where, and is missing in an outage.
    @Test func `a mail fetches nothing, and carries inline what it cannot do without`() throws {
        let html = try CompiledTemplate(.sample("![a](https://a.example/a.png) `c`\n\n- d\n\n> e")).html(
            .email)
        for word in ["<img", "url(", "@import", "<link", "<script", " src="] { #expect(!html.contains(word)) }
        let bare = html.replacing(/(?s)<style>.*?<\/style>/, with: "")
        for word in [
            "font-size:16px", "max-width:600px", "display:none", "#1f2937", "background-color:#ffffff",
        ] {
            #expect(bare.contains(word), "\(word)")
        }
        #expect(html.contains("@media (prefers-color-scheme: dark)"))
        #expect(html.contains("<meta name=\"color-scheme\" content=\"light dark\">"))
    }

    @Test(arguments: [
        ("en", "ltr"), ("it-IT", "ltr"), ("ja", "ltr"), ("he", "rtl"), ("ar-EG", "rtl"), ("fa", "rtl"),
        ("ur-PK", "rtl"), ("ar-Latn", "ltr"),
    ])
    func `a mail runs the way of its language`(locale: String, direction: String) throws {
        let html = try CompiledTemplate(.sample("x\n\n> y", front: "locale: \(locale)\n")).html(.email)
        #expect(html.contains("<html lang=\"\(locale)\" dir=\"\(direction)\">"))
        #expect(html.contains("border-\(direction == "rtl" ? "right" : "left"):4px"))
    }

    @Test(arguments: [
        ("en", "Read this online"), ("it-IT", "Leggi online"), ("zh-TW", "線上閱讀"), ("zh-CN", "在线阅读"),
        ("eo", "https://acme.example/news/outage-1"),
    ])
    func `a mail leads to its page in words of its language`(locale: String, words: String) throws {
        let sender = Sender(name: "Acme", page: "https://acme.example/news/{{announcement.id}}")
        let front = "locale: \(locale)\n"
        let html = try CompiledTemplate(.sample("x", front: front, sender: sender)).html(.email)
        #expect(html.contains("<a href=\"https://acme.example/news/outage-1\""))
        #expect(html.contains(">\(words)</a>"))
        #expect(try !CompiledTemplate(.sample("x", front: front)).html(.email).contains("news"))
    }
}
