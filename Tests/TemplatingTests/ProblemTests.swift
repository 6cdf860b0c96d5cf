import Broadcast
import Foundation
import Testing

@testable import Templating

/// What authors get to read when something is wrong.
struct ProblemTests {
    /// A body, and what its one problem says.
    @Test(arguments: [
        ("{{contact.nmae}}", "t/message.md:5: there is no contact.nmae; did you mean contact.name?"),
        (
            "x\n\n{{announcement.dat}}",
            "t/message.md:7: there is no announcement.dat; did you mean announcement.date?"
        ),
        ("{{links.unsubscribe}}", "t/message.md:5: there is no links.unsubscribe"),
        ("{{links.websit}}", "did you mean links.website?"), ("{{sender.nam}}", "did you mean sender.name?"),
        ("{{servic}}", "t/message.md:5: there is no servic"),
        ("{{#servic}}x{{/servic}}", "there is no servic"),
        ("{{^nope}}x{{/nope}}", "there is no nope"),
        ("{{contact}}", "contact is a group; write contact.NAME"),
        ("{{sender}}", "sender is a group"), ("{{contact.Email}}", "did you mean contact.email?"),
        ("{{{contact.name}}}", "a contact's value never stands unescaped; write {{contact.name}}"),
        ("{{&contact.plan}}", "never stands unescaped"),
        ("a\n{{#contact.name}}", "t/message.md:6: section {{#contact.name}} is never"),
        ("{{", "t/message.md:5: a tag is never closed"), ("{{>../secret}}", "cannot name a partial"),
        ("{{>/etc/passwd}}", "cannot name a partial"), ("{{>a/b}}", "cannot name a partial"),
        ("{{>}}", "cannot name a partial"),
        ("{{>footr}}", "t/message.md:5: there is no _partials/footr.md; did you mean footer?"),
        ("{{>html}}", "there is no _partials/html.md; _partials/html.html is for another kind of file"),
        ("{{#contact}}{{plan}}{{/contact}}", "there is no plan; an attribute is written contact.plan"),
        ("{{>self}}", "_partials/self.md:2: partials contain each other: self → self"),
        ("{{>a}}", "_partials/b.md:1: partials contain each other: a → b → a"),
        ("{{>broken}}", "_partials/broken.md:2: {{/x}} closes a section"),
        ("\u{F0000}", "t/message.md:5: a NUL or a character"),
        ("\u{0}", "t/message.md:5: a NUL"),
        (
            "x\n\ta\u{1B}[2J",
            "t/message.md:6: the control character U+001B cannot stand in a template; take it out"
        ),
        (String(repeating: ">", count: 500) + " x", "nests deeper than 100"),
        (String(repeating: "- ", count: 300) + "x", "nests deeper than 100"),
        (
            String(repeating: "*a **b ", count: 200) + String(repeating: "b** a*", count: 200),
            "nests deeper than 100"
        ),
        ((0..<13).map { "{{#contact.a\($0)x}}{{/contact.a\($0)x}}" }.joined(), "13 values; 12 at most"),
    ])
    func `a body with a fault is refused with its place`(body: String, expected: String) {
        let partials = [
            "_partials/footer.md": "Bye", "_partials/html.html": "x", "_partials/self.md": "x\n{{>self}}",
            "_partials/a.md": "{{>b}}", "_partials/b.md": "{{>a}}", "_partials/broken.md": "x\n{{/x}}",
        ]
        let found = problems(of: .sample(body, files: partials))
        #expect(found.count == 1 && found[0].contains(expected), "\(found)")
    }

    @Test func `no problem carries a control to a terminal`() {
        let found = problems(
            of: .sample("{{\u{1B}[31m}} {{>\u{202E}a}}", variables: ["\u{1B}x": "y"]))
        #expect(found.count == 4)
        #expect(found.allSatisfy { text in !text.unicodeScalars.contains { $0.isControl } })
    }

    @Test func `partials that multiply are stopped`() {
        var partials: [String: String] = [:]
        for depth in 0..<30 {
            partials["_partials/p\(depth).md"] = String(repeating: "{{>p\(depth + 1)}}", count: 20)
        }
        partials["_partials/p30.md"] = String(repeating: "x", count: 1_000)
        let found = problems(of: .sample("{{>p0}}", files: partials))
        #expect(
            found.count == 1 && found[0].contains("more than 4194304 bytes come of its sections"), "\(found)")
    }

    @Test func `a fault in a webhook body is named by its JSON pointer`() {
        let json = #"{"b": ["x", {"c": "a\n{{nope}}"}], "a": "{{#x}}"}"#
        #expect(
            problems(of: .sample("x", files: ["t/webhook.json": json])) == [
                "t/webhook.json#/a: section {{#x}} is never closed; add {{/x}}",
                "t/webhook.json#/b/1/c: there is no nope",
            ])
    }

    @Test func `all problems of all files come at once`() {
        let found = problems(
            of: .sample(
                "{{a}}\n{{b}}", front: "subject: \"{{c}}\"\nsms: \"{{d}}\"\nexpires: x\n",
                files: [
                    "t/message.it.md": "---\npurpose: service\nvariables: {x: y}\n---\n{{e}}",
                    "t/email.html": "<p {{f}}>",
                    "t/sms.txt": "{{g}}", "t/telegram.html": "<p>{{h}}",
                    "t/webhook.json": #"{"a": ["{{i}}"]}"#,
                    "t/email.de.html": "x", "layouts/email.html": "{{j}}",
                ], variables: ["k": "v"]))
        for name in ["a", "b", "c", "e", "f", "g", "h", "i", "j"] {
            #expect(found.count { $0.hasSuffix("there is no \(name)") } >= 1, "\(name): \(found)")
        }
        let others = [
            "expires must be", "purpose belongs into message.md", "declares no variable x", "knows no <p>",
            "there is no message.de.md", "shows no {{{content}}}", "the template has no variable k",
        ]
        for text in others { #expect(found.count { $0.contains(text) } == 1, "\(text): \(found)") }
        #expect(Set(found).count == found.count)
    }

    @Test func `variables that are missing or unknown are named`() {
        let content = FrozenContent.sample(
            "{{service}}{{eta}}", front: "variables:\n  service: What is down\n  eta: {default: ''}\n",
            variables: ["servce": "x"])
        #expect(
            problems(of: content) == [
                "t/message.md: the template has no variable servce, which --set gives; it has service, eta; "
                    + "did you mean service?",
                "t/message.md:5: service (What is down) has no value; give --set service=…",
            ])
        #expect(problems(of: content, unset: .shown).count == 1)
    }

    @Test func `an empty website is missed only where it is needed`() {
        let sender = Sender(name: "Acme")
        #expect(
            problems(of: .sample("x{{#links.website}}{{links.website}}{{/links.website}}", sender: sender))
                .isEmpty)
        #expect(
            problems(of: .sample("{{links.website}}", sender: sender)) == [
                "t/message.md:5: the sender has no website; set sender.website in channels.json"
            ])
    }

    @Test(arguments: [
        ("<p {{contact.name}}>", " cannot be made safe here; put it"),
        ("<{{contact.name}}>", "cannot be made safe"),
        ("<a href={{contact.name}}>", "cannot be made safe"),
        ("<style>{{contact.name}}</style>", "cannot be made safe"),
        ("<script type=\"x\">{{contact.name}}</script>", "cannot be made safe"),
        ("<p>{{{contact.name}}}</p>", "never stands unescaped"),
        ("<a href=\"{{bad}}\">x</a>", "bad begins a link, but is none"),
    ])
    func `HTML of the author may not expose a value`(html: String, expected: String) {
        let front = "variables: {bad: x}\n"
        for (file, text) in [("t/email.html", html), ("layouts/email.html", html + "{{{content}}}")] {
            let found = problems(
                of: .sample("x", front: front, files: [file: text], variables: ["bad": "javascript:x"]))
            #expect(
                found.count == 1 && found[0].contains("\(file):1: ") && found[0].contains(expected),
                "\(found)")
        }
    }

    @Test(arguments: [
        "", "{", "{\"a\": tru}",
        String(repeating: "[", count: 65) + String(repeating: "]", count: 65),
    ])
    func `a webhook body that is no JSON is refused`(json: String) {
        let found = problems(of: .sample("x", files: ["t/webhook.json": json]))
        #expect(
            found.count == 1 && found[0].hasPrefix("t/webhook.json") && found[0].contains(": the file "),
            "\(found)")
    }

    @Test func `sections and partials together nest only so deep`() {
        let opened = String(repeating: "{{#sender}}", count: 60)
        let closed = String(repeating: "{{/sender}}", count: 60)
        var partials: [String: String] = [:]
        for number in 0..<60 {
            partials["_partials/p\(number).md"] = "\(opened){{>p\(number + 1)}}\(closed)"
        }
        partials["_partials/p60.md"] = "x"
        let found = problems(of: .sample("a {{>p0}}", files: partials))
        #expect(found.count == 1 && found[0].contains("nest deeper than"), "\(found)")
    }

    @Test(arguments: [
        ("t/telegram.html", "<a"), ("t/telegram.html", "<b>"), ("t/email.html", "<a href=\""),
        ("t/message.md", ">"),
        ("t/message.md", "[a]("), ("t/message.md", "*a **"), ("t/sms.txt", "{ {"),
        ("layouts/email.html", "<!--"),
        ("t/message.md", "{{! }}"), ("t/message.md", "- "), ("t/message.md", "`a``"), ("t/webhook.json", "["),
    ])
    func `a megabyte of openings is read in passing`(file: String, opening: String) {
        let text = String(repeating: opening, count: 1_000_000 / opening.utf8.count)
        let head = file == "t/message.md" ? "---\nsubject: x\npurpose: service\n---\n" : ""
        var files = [file: head + text]
        files["t/message.md"] = files["t/message.md"] ?? "---\nsubject: x\npurpose: service\n---\nx"
        // That it comes to an end at all is what is shown here.
        _ = problems(of: FrozenContent(template: "t", files: files, variables: [:], sender: .sample))
    }

    @Test func `marks, carriage returns and several line ends do not matter`() throws {
        let text =
            "\u{FEFF}---\r\nsubject: Hé\r\npurpose: service\r\n---\r\none\r\n{{#contact.name}}\r\ntwo\r\n{{/contact.name}}\r\n"
        let content = FrozenContent.sample("", files: ["t/message.md": text])
        #expect(try CompiledTemplate(content).text(.webhook) == "one two")
        let old = FrozenContent.sample("", files: ["t/message.md": text.replacing("\r\n", with: "\r")])
        #expect(try CompiledTemplate(old).text(.webhook) == "one two")
    }
}
