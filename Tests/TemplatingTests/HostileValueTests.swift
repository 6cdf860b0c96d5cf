import Broadcast
import Foundation
import Testing

@testable import Templating

/// Whatever a contact is called, it is shown as just that, in every form and place.
struct HostileValueTests {
    static let values = [
        "<b>bold</b>", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</p></td></table>",
        "<!-- ", "]]>",
        "&lt;b&gt;", "&#60;b&#62;", "\"><b>", "' onclick='x", "*a* **b** _c_ __d__", "`code`", "```\ncode",
        "# heading",
        "\n# heading", "\n\n# heading\n", "1. one", "- item", "> quote", "---", "a\\*b", "\\",
        "[x](javascript:alert(1))",
        "[x](https://evil.example)", "![x](https://evil.example/p.png)", "<https://evil.example>",
        "<javascript:alert(1)>",
        "[x]: https://evil.example", "| a | b |", "    code", "\tcode", "{{contact.email}}",
        "{{{contact.email}}}",
        "{{#contact}}", "{{/contact}}", "{{>p}}", "{{=<% %>=}}", "%0d%0aBcc: x", "a\r\nBcc: evil@example.org",
        "a\nb",
        "a\u{0}b", "a\u{1B}[31mb", "\u{202E}gnp.exe", "a\u{200F}b\u{2066}c\u{2069}", "a\u{2028}b\u{2029}c",
        "\u{FEFF}a",
        "a\u{85}b", "\u{F0000}", "\u{F0001}x\u{FFFFD}", "😀👩‍👩‍👧", "Zoë È 中文", "a\u{301}", "~~x~~", "a  \nb",
        "&amp", "<",
        ">", "&", "\"", "'", "%", "%s%n", "$(id)", "null", "0", " ", "a b ", "https://evil.example",
    ]

    /// A body with a value in every kind of place.
    private static let body = """
        # Hi {{contact.name}}

        Dear *{{contact.name}}* and **{{contact.name}}x**, `{{contact.name}}` {{contact.name}}

        - {{contact.name}}
        - {{#contact.name}}{{.}}{{/contact.name}}

        > {{contact.name}}

        {{contact.name}}

        ```
        {{contact.name}}
        ```

        <div>{{contact.name}}</div>

        [see {{contact.name}}](https://acme.example/{{contact.name}}?n={{contact.name}})
        """

    private static let layout = """
        <html lang="{{locale}}"><title>{{subject}}</title><p title='{{contact.name}}'>{{contact.name}}</p>
        <a href="https://acme.example/?{{contact.name}}">x</a>{{{content}}}</html>
        """

    private static func template() throws -> CompiledTemplate {
        try CompiledTemplate(
            .sample(
                body, front: "subject: For {{contact.name}}\nsms: Hi {{contact.name}}!\n",
                files: [
                    "layouts/email.html": layout,
                    "t/webhook.json":
                        #"{"who": "{{contact.name}}", "text": "{{text}}", "raw": "{{{contact.name}}}"}"#,
                ]))
    }

    /// What is left of a form when each value is put back to `NAME`: the same, whatever the value.
    @Test(arguments: values)
    func `a value changes nothing around it`(value: String) throws {
        let template = try Self.template()
        let clean = CleanText.oneLine(value)
        for form in [ContentForm.email, .telegram, .webhook] {
            let plain = try template.rendered(form, for: .sample(name: "NAME"))
            guard !clean.isEmpty else {
                #expect(template.unfit(form, for: .sample(name: value), announcement: .sample).count > 1)
                continue
            }
            let hostile = try template.rendered(form, for: .sample(name: value))
            let isHTML = form == .telegram
            let texts = [
                (plain.title, hostile.title, Escape.plain), (plain.html, hostile.html, .html),
                (plain.text, hostile.text, isHTML ? .html : .plain),
            ]
            for (plain, hostile, escape) in texts {
                #expect(unfolded(filled(plain, with: clean, escape)) == unfolded(hostile), "\(form)")
            }
        }
    }

    /// What the plain rendering must become with the value in the places where NAME stood.
    private func filled(_ bytes: [UInt8], with value: String, _ escape: Escape) -> String {
        var escaped: [UInt8] = []
        escaped.append(value, as: escape)
        var component: [UInt8] = []
        component.append(value, as: .component)
        let text = String(decoding: bytes, as: UTF8.self)
        let encoded = String(decoding: component, as: UTF8.self)
        return
            text
            .replacing("acme.example/NAME?n=NAME", with: "acme.example/\(encoded)?n=\(encoded)")
            .replacing("acme.example/?NAME", with: "acme.example/?\(encoded)")
            .replacing("NAME", with: String(decoding: escaped, as: UTF8.self))
    }

    /// Folding moves line ends; everything else must agree.
    private func unfolded(_ text: String) -> [String.SubSequence] {
        text.split { $0 == "\n" || $0 == " " || $0 == ">" }
    }

    private func unfolded(_ bytes: [UInt8]) -> [String.SubSequence] {
        unfolded(String(decoding: bytes, as: UTF8.self))
    }

    @Test(arguments: values)
    func `no form holds a control or an invisible reordering`(value: String) throws {
        let template = try Self.template()
        guard !CleanText.oneLine(value).isEmpty else { return }
        for form in ContentForm.allCases {
            let content = try template.rendered(form, for: .sample(name: value))
            let controlsOfTitle = String(decoding: content.title, as: UTF8.self).unicodeScalars.filter(
                \.isControl)
            #expect(controlsOfTitle.isEmpty)
            for bytes in [content.text, content.html] {
                let controls = String(decoding: bytes, as: UTF8.self).unicodeScalars.filter {
                    $0.isControl && $0 != "\n"
                }
                #expect(controls.isEmpty, "\(form)")
            }
        }
    }

    @Test(arguments: values)
    func `a JSON leaf holds the value and nothing more`(value: String) throws {
        let clean = CleanText.oneLine(value)
        guard !clean.isEmpty else { return }
        let content = try Self.template().rendered(.webhook, for: .sample(name: value))
        guard case .object(let members)? = content.json else {
            Issue.record("no JSON")
            return
        }
        #expect(Set(members.keys) == ["who", "text", "raw"])
        #expect(members["who"] == .string(clean))
        #expect(members["raw"] == .string(clean))
        #expect(members["text"] == .string(String(decoding: content.text, as: UTF8.self)))
    }

    @Test(arguments: values)
    func `a variable of the sender is as harmless as a name`(value: String) throws {
        let content = FrozenContent.sample(
            "# {{v}}\n\n*{{v}}* [x](https://a.example/{{v}})", front: "variables: {v: text}\n",
            variables: ["v": value])
        guard !value.isEmpty else { return }
        let telegram = try CompiledTemplate(content).text(.telegram, for: nil)
        var escaped: [UInt8] = []
        escaped.append(CleanText.oneLine(value), as: .html)
        #expect(telegram.hasPrefix("<b>\(String(decoding: escaped, as: UTF8.self))</b>"))
        #expect(!telegram.contains("javascript:") || value.contains("javascript:"))
        #expect(telegram.count { $0 == "<" } == 6)
    }

    @Test func `a value of ten megabytes is carried whole and harmless`() throws {
        let name = String(repeating: "<b>\n", count: 2_500_000)
        let template = try CompiledTemplate(.sample("Hi {{contact.name}}"))
        let html = try template.html(.webhook, for: .sample(name: name))
        #expect(html.utf8.count > 20_000_000)
        #expect(html.count { $0 == "<" } == 2)
        let problem = try #require(throws: RenderProblem.self) {
            try template.rendered(.telegram, for: .sample(name: name))
        }
        #expect(problem.code == .tooLong)
    }

    @Test(arguments: [
        ("https://a.example/x?y=1&z=2", true), ("mailto:a@b.example", true), ("tel:+39333", true),
        ("HTTP://A.EXAMPLE", true), ("javascript:alert(1)", false), ("JaVaScRiPt:alert(1)", false),
        (" javascript:alert(1)", false), ("java\nscript:alert(1)", false), ("data:text/html,x", false),
        ("vbscript:x", false), ("//evil.example", false), ("/path", false), ("evil.example", false),
        ("", false),
        ("https://", false), ("https://a b", false), ("file:///etc/passwd", false),
        ("\u{202E}https://a.example", true),
    ])
    func `a value that is a whole link must be a harmless one`(value: String, isLink: Bool) throws {
        let template = try CompiledTemplate(.sample("[pay]({{contact.invoice}})\n"))
        let contact = Contact.sample(attributes: ["invoice": value])
        for form in [ContentForm.email, .telegram, .webhook] {
            let unfit = template.unfit(form, for: contact, announcement: .sample)
            #expect(unfit.isEmpty == isLink, "\(unfit)")
            if !isLink {
                #expect(unfit.allSatisfy { $0.reason == (value.isEmpty ? .missing : .notALink) })
                #expect(throws: RenderProblem.self) { try template.rendered(form, for: contact) }
            } else {
                #expect(try !template.everything(form, for: contact).contains("\u{202E}"))
            }
        }
    }

    @Test(arguments: [
        "javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", "vbscript:x", "/relative", "#top", "evil",
        "file:///x",
        "java&#10;script:x", "&#106;avascript:x", "java{{contact.name}}script:x",
        "x{{contact.name}}",
    ])
    func `a link that a message may not hold keeps its words only, with a warning`(url: String) throws {
        let template = try CompiledTemplate(
            .sample("a [words](<\(url)>) b"))
        #expect(try template.text(.telegram).hasSuffix("a words b"))
        #expect(try template.text(.email) == "a words b\n")
        #expect(try template.html(.webhook) == "<p>a words b</p>\n")
        #expect(template.warnings.map(\.code) == [.linkDropped])
    }

    @Test(arguments: [
        ("status.acme.example/now?x=1", "; did you mean https://status.acme.example/now?x=1?"),
        ("acme.example", "; did you mean https://acme.example?"), ("javascript:1", ""), ("our page", ""),
    ])
    func `a value that is given for a link must be one`(value: String, advice: String) {
        let content = FrozenContent.sample(
            "a\n\n{{#page}}\nb [words]({{page}}) c\n{{/page}}", front: "variables: {page: {default: ''}}\n",
            variables: ["page": value])
        let told = "t/message.md:9: page is “\(value)”, which is no https, http, mailto or tel link\(advice)"
        #expect(throws: TemplateProblems.self) { try CompiledTemplate(content) }
        do throws(TemplateProblems) { _ = try CompiledTemplate(content) } catch {
            #expect(error.all.map(\.description) == [told])
        }
    }

    @Test func `a dropped link is told with its line`() throws {
        let template = try CompiledTemplate(
            .sample("one\n\ntwo [x](javascript:go(1))\n[y](/{{contact.name}}/rel)\n"))
        #expect(
            template.warnings.map(\.description) == [
                "t/message.md:7: “javascript:go(1)” is no https, http, mailto or tel link; its words stay",
                "t/message.md:8: “//rel” is no https, http, mailto or tel link; its words stay",
            ])
    }

    @Test(arguments: [
        "&#983040;", "&#0983040;", "&#xF0000;", "&#XF0000;", "&#x0f0000;",
        "a&#98{{#contact.name}}3040;{{/contact.name}}",
        "`&#983040;`", "{{{v}}}",
    ])
    func `a reference to a character of ours shows no value`(text: String) throws {
        let content = FrozenContent.sample(
            "Dear {{contact.name}}: \(text)", front: "variables: {v: text}\n", variables: ["v": "&#983040;"])
        let template = try CompiledTemplate(content)
        for form in [ContentForm.email, .sms, .telegram, .webhook] {
            let shown = try template.text(form, for: .sample(name: "Ada"))
            #expect(shown.split(separator: "Ada", omittingEmptySubsequences: false).count == 2, "\(shown)")
        }
    }

    @Test(arguments: ["&amp;", "&#38;", "&#x1F600;", "&#;", "&#983040", "&#xG;"])
    func `other references stay what they are`(text: String) throws {
        let shown = try CompiledTemplate(.sample("a \(text) b")).text(.webhook)
        let expected = ["&amp;": "&", "&#38;": "&", "&#x1F600;": "\u{1F600}"][text] ?? text
        #expect(shown == "a \(expected) b")
    }
}
