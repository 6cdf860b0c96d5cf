import Broadcast
import Foundation
import Testing

@testable import Templating

/// What `check` advises of texts that can be sent.
struct LintTests {
    private func findings(
        _ body: String, front: String = "", files: [String: String] = [:],
        sender: Sender = .sample, sms: ShortFormRules? = ShortFormRules()
    ) throws -> [String] {
        let content = FrozenContent.sample(body, front: front, files: files, sender: sender)
        let template = try CompiledTemplate(content, unset: .shown)
        return template.findings(sms: sms).map { "\($0.code.rawValue) \($0)" }
    }

    private static let long = String(repeating: "many words ", count: 6) + "end"

    /// Front matter, and the findings about its subject.
    @Test(arguments: [
        ("subject: We are down", []), ("subject: \(long)", []),
        (
            "subject: \(long)s",
            [
                "subject-long t/message.md:3: the subject has 70 characters with example values; mail programs cut it "
                    + "off: say the rest in the text, so that 69 are enough"
            ]
        ),
        // Eleven letters stand for a name: 59 + 11.
        ("subject: \"{{contact.name}}\(String(repeating: "x", count: 58))\"", []),
        (
            "subject: \"{{contact.name}}\(String(repeating: "x", count: 59))\"",
            ["subject-long t/message.md:3"]
        ),
        (
            "subject: WE ARE DOWN",
            [
                "subject-shouting t/message.md:3: the subject is all in capitals, as spam is: write it like a sentence"
            ]
        ),
        ("subject: \"{{contact.name}}: ACT NOW OR NEVER\"", ["subject-shouting"]),
        ("subject: ВСЁ СЛОМАЛОСЬ", ["subject-shouting"]), ("subject: DNS and VPN are down", []),
        ("subject: WICHTIG", []), ("subject: DNS VPN", []), ("subject: 系统维护 通知 系统维护", []),
    ])
    func `a subject too long or all in capitals is told`(front: String, expected: [String]) throws {
        let found = try findings("x", front: front + "\n")
        #expect(found.count == expected.count, "\(found)")
        for (told, beginning) in zip(found, expected) { #expect(told.hasPrefix(beginning), "\(told)") }
    }

    /// A body, and the findings about its links.
    @Test(arguments: [
        ("[a](https://acme.example/x?a=1&b=2) [b](mailto:a@acme.example) <tel:+391234>", []),
        (
            "x\n\n[a](http://acme.example/x?a=1&b=2)",
            [
                "link-insecure t/message.md:7: “http://acme.example/x?a=1&b=2” is no https link: anybody on the way can "
                    + "read and change what it leads to; write https://…"
            ]
        ),
        ("[a](HTTP://Acme.example)", ["link-insecure t/message.md:5"]),
        (
            "[a](https:///status)",
            ["link-hostless t/message.md:5: “https:///status” names no host; write it whole"]
        ),
        (
            "[a](https://status/x)",
            ["link-hostless t/message.md:5: “https://status/x” names a host that only your own"]
        ),
        ("[a](https://user@status:8443)", ["link-hostless"]), ("[a](https://[2001:db8::1]/)", []),
        ("[a](https://{{contact.id}}.acme.example)", []), ("[a](https://{{contact.id}}/x)", []),
        ("[a](https://acme{{contact.id}})", []),
        ("[a](http://acme.example/{{contact.id}})", ["link-insecure t/message.md:5"]),
        ("[a]({{contact.link}})", []),
        ("{{#contact.a}}[a](http://acme.example){{/contact.a}} x", ["link-insecure"]),
        ("{{^contact.a}}[a](http://acme.example){{/contact.a}} x", ["link-insecure"]),
        ("![words](http://acme.example/a.png)", ["link-insecure"]),
        // Seen by none of those who see everything or nothing.
        (
            "x {{#contact.a}}{{^contact.b}}[a](http://acme.example){{/contact.b}}{{/contact.a}}",
            ["link-insecure t/message.md:5"]
        ),
        ("[a](http://acme.example) [b](http://acme.example)", ["link-insecure"]),
    ])
    func `links that are not https, or have no host, are told with their line`(
        body: String, expected: [String]
    )
        throws
    {
        let found = try findings(body)
        #expect(found.count == expected.count, "\(found)")
        for (told, beginning) in zip(found, expected) { #expect(told.hasPrefix(beginning), "\(told)") }
    }

    @Test func `a link that is still to be given is no reason for anything`() throws {
        let page = "<a href=\"{{v}}\">a</a><a href=\"https://{{v}}/x\">b</a>"
        let files = ["t/email.html": page, "t/email.txt": "{{v}}"]
        #expect(try findings("[a]({{v}})", front: "variables: {v: Full link}\n", files: files) == [])
        let paged = Sender(name: "Acme", page: "https://acme.example/news/{{announcement.id}}")
        let front = "sms: \"More: {{links.page}}\"\n"
        #expect(try findings("[{{links.pageWords}}]({{links.page}})", front: front, sender: paged) == [])
    }

    @Test func `links of overrides, layouts, partials, short forms and the sender are looked at`() throws {
        let found = try findings(
            "{{> p}} {{links.website}}", front: "sms: more at http://sms.acme.example/x\n",
            files: [
                "_partials/p.md": "\n[a](http://p.acme.example)\n",
                "layouts/email.html":
                    "<p>\n<a href='/terms'>x</a> <a href=\"http://l.acme.example\">y</a>{{{content}}}",
                "t/telegram.html": "\n<a href=\"http://t.acme.example\">z</a>",
            ], sender: Sender(name: "Acme", website: "http://www.acme.example"))
        let places = found.map { $0.prefix(while: { $0 != "“" }) }
        #expect(
            Set(places) == [
                "link-insecure _partials/p.md:2: ", "link-hostless layouts/email.html:2: ",
                "link-insecure layouts/email.html:2: ", "link-insecure t/telegram.html:2: ",
                "link-insecure t/message.md:4: ", "link-insecure t/message.md: ",
            ], "\(found)")
    }

    @Test(arguments: [
        ("![](https://acme.example/a.png)", 1), ("![ ](https://acme.example/a.png)", 1),
        ("x\n\n> - ![](https://acme.example/{{contact.id}}.png)", 1),
        ("![a plan](https://acme.example/a.png)", 0),
        ("`![](x)`", 0),
    ])
    func `images of a message need words`(body: String, count: Int) throws {
        let found = try findings(body)
        #expect(found.count == count, "\(found)")
        let line = body.hasPrefix("x") ? 7 : 5
        #expect(found.allSatisfy { $0.hasPrefix("image-wordless t/message.md:\(line): ") }, "\(found)")
    }

    @Test func `images of a page need an alternative, if only an empty one`() throws {
        let page = """
            <p><img src="https://acme.example/a.png">
            <IMG alt='' src="https://acme.example/b.png"><img data-alt="x" src="https://acme.example/{{contact.id}}.png">
            <img src="https://acme.example/c.png" alt="a > b">
            """
        let found = try findings("x", files: ["t/email.html": page, "t/email.txt": "x"])
        #expect(
            found.map { String($0.prefix(30)) } == [
                "image-wordless t/email.html:1:", "image-wordless t/email.html:2:",
            ], "\(found)")
    }

    @Test func `what only some combinations of sections show is looked at`() throws {
        let section = { (text: String) in
            "x {{#contact.a}}{{^contact.b}}\(text){{/contact.b}}{{/contact.a}}"
        }
        let body = section("![](https://acme.example/a.png) <br> [j](javascript:1)")
        let sms = "sms: \"\(section("http://sms.acme.example"))\"\n"
        let content = FrozenContent.sample(
            body, front: sms, files: ["t/email.txt": section("http://mail.acme.example")])
        let template = try CompiledTemplate(content)
        #expect(template.warnings.map(\.code) == [.linkDropped])
        let codes = template.findings(sms: nil).map { "\($0.code.rawValue) \($0.file):\($0.line ?? 0)" }
        #expect(
            Set(codes) == [
                "link-insecure t/email.txt:1", "link-insecure t/message.md:4",
                "image-wordless t/message.md:6",
                "html-shown t/message.md:6",
            ], "\(codes)")
    }

    @Test(arguments: [
        ("a\n\n<!-- TODO ask legal -->", 7, "“<!-- TODO ask legal -->” as it is written; a note that nobody"),
        ("a<br>b", 5, "“<br>” as it is written; write it in Markdown"),
        ("> - *x <b>y</b>*", 5, "“<b>” as it is written"),
        ("<div>\n\nx\n\n</div>", 5, "“<div>” as it is written"),
        ("<div class=\"{{contact.id}}\">\nx\n</div>", 5, "“<div class=\"” as it is written"),
        ("x\n\n</div> <span>x</span>", 7, "“<span>x</span>” as it is written"),
        ("</section>\n  </p>a < b<video>", 6, "“<video>” as it is written"),
        ("</div><!-- TODO -->", 5, "“<!-- TODO -->” as it is written; a note that nobody"),
    ])
    func `HTML in Markdown is told, since readers see it`(body: String, line: Int, expected: String) throws {
        let found = try findings(body)
        #expect(found.count == 1, "\(found)")
        #expect(found[0].hasPrefix("html-shown t/message.md:\(line): readers see \(expected)"), "\(found)")
    }

    @Test func `what is no HTML in Markdown is not told`() throws {
        #expect(try findings("1 < 2 <https://acme.example> `<br>` {{! <br> }}\n\n    <br>\n") == [])
        // What is closed was opened elsewhere.
        #expect(try findings("x</b>\n\n</div> </p>\n</td>\n\n</table> 1 < 2\n") == [])
    }

    @Test(arguments: [
        ("x\n\n| a | b |\n|---|:-:|\n| 1 | 2 |", 1), ("> a | b\n> --- | ---\n> 1 | 2", 1),
        ("a | b\n\n---\n\n| c |", 0), ("a\n---\nb", 0), ("```\n| a |\n|---|\n```", 0), ("a\n--|--b", 0),
    ])
    func `a table is told, since nobody sees one`(body: String, count: Int) throws {
        let found = try findings(body)
        #expect(found.count == count, "\(found)")
        let line = body.hasPrefix("x") ? 8 : 6
        let told =
            "table-unknown t/message.md:\(line): Markdown here has no tables: readers get it as it is typed"
        #expect(found.allSatisfy { $0.hasPrefix(told) }, "\(found)")
    }

    @Test func `a page without its plain text is told, in each language`() throws {
        let files = ["t/email.html": "<p>{{subject}}</p>", "t/message.it.md": "---\nsubject: a\n---\nciao"]
        #expect(
            try findings("x", files: files) == [
                "plain-text-missing t/email.html: there is no email.txt beside it: who reads mail as plain text gets "
                    + "what the message says; write email.txt so that both say the same"
            ])
        let both = files.merging(["t/email.txt": "{{subject}}", "t/email.it.html": "<p>ciao</p>"]) { $1 }
        #expect(try findings("x", files: both) == [])
    }

    @Test func `what readers get in a language that is not theirs is told`() throws {
        let found = try findings(
            "{{> bye}} {{> logo}}", front: "subject: Hello there\nsms: Short words\n",
            files: [
                "t/message.it.md": "ciao {{> bye}} {{> logo}}",
                "t/message.it-CH.md": "---\nsubject: Ciao\n---\nciao",
                "t/message.de.md": "---\nsubject: Hallo\nsms: kurz\n---\nhallo {{> gruss}}",
                "t/telegram.html": "<b>{{subject}}</b> <a href=\"https://acme.example\">more</a>",
                "t/telegram.de.html": "{{subject}}", "_partials/bye.md": "Goodbye",
                "_partials/logo.md": "![](https://acme.example/logo.png)", "_partials/gruss.de.md": "Servus",
                "_partials/unused.md": "Never",
            ]
        ).filter { $0.hasPrefix("language-mixed") }
        #expect(
            Set(found) == [
                "language-mixed t/message.it.md:1: has no subject, so that its readers get the one of message.md; add subject: …",
                "language-mixed t/message.it.md:1: has no sms, so that its readers get the one of message.md; add sms: …",
                "language-mixed t/message.it-CH.md:1: has no sms, so that its readers get the one of message.md; add sms: …",
                "language-mixed t/telegram.html: is read by those whose language is it as well; write t/telegram.it.html for them",
                "language-mixed _partials/bye.md: is read by those whose language is it as well; write _partials/bye.it.md for them",
            ], "\(found)")
        #expect(
            try findings(
                "x", front: "subject: \"{{contact.name}}: {{announcement.id}}\"\n",
                files: ["t/message.it.md": "y"])
                == [])
    }

    @Test func `words of a webhook's own body in another language are told as well`() throws {
        func mixed(_ files: [String: String]) throws -> [String] {
            let own = ["t/message.it.md": "---\nsubject: Ciao\n---\nciao"]
            return try findings("x", files: files.merging(own) { $1 }).filter {
                $0.hasPrefix("language-mixed")
            }
        }
        let body = #"{"t": "Our service, as you know, is {{title}}", "x": "{{text}}"}"#
        #expect(
            try mixed(["t/webhook.json": body]) == [
                "language-mixed t/webhook.json: has words that are read by those whose language is it as well; write "
                    + "webhook.it.json for them, or {{text}}, {{title}} and {{locale}} in their place"
            ])
        for machine in [
            #"{"service status": "{{title}} {{text}}", "type": "incident", "n": 1, "ok": [true, null]}"#,
            #"{"a": "https://acme.example/my-page", "b": "{{title}}: {{text}}", "c": "P1 {{locale}}"}"#,
        ] { #expect(try mixed(["t/webhook.json": machine]) == [], "\(machine)") }
        #expect(try mixed(["t/webhook.json": body, "t/webhook.it.json": #"{"t": "{{text}}"}"#]) == [])
    }

    @Test func `characters that cost an SMS its short encoding are told with their price`() throws {
        let text = "Zażółć gęślą jaźń: " + String(repeating: "ordinary words ", count: 6)
        let price = Money(Decimal(string: "0.045") ?? 0, "EUR")
        #expect(
            try findings("x", front: "sms: \"\(text)\"\n", sms: ShortFormRules(price: price)) == [
                "characters-costly t/message.md:4: “ż”, “ó”, “ł”, “ć”, “ę”, “ś”, “ą”, “ź” and others are not in the "
                    + "alphabet of SMS, so that a segment holds 70 characters instead of 160: 2 segments instead of 1, "
                    + "0.09 EUR instead of 0.045 EUR, with example values; write the short form without"
            ])
        let short = try findings("x\n\nAll is well 🎉", files: ["t/sms.txt": "all\nwell 🎉"])
        #expect(
            short.count == 1 && short[0].hasPrefix("characters-costly t/sms.txt:2: “🎉” is not in"), "\(short)"
        )
        #expect(short.allSatisfy { $0.contains("1 segment either way with example values") })
        let unseen = try findings(
            "All\u{A0}is\u{200B} \u{202E}well", sms: ShortFormRules(transliterates: false))
        #expect(unseen.count == 1 && unseen[0].contains(": U+00A0, U+200B, U+202E are not in"), "\(unseen)")
        let derived = try findings("x\n\nAll is well 🎉")
        #expect(derived.count == 1 && derived[0].hasPrefix("characters-costly t/message.md:7:"), "\(derived)")
        // Below the first paragraph, which is all that an SMS says without a short form.
        let opening = "We are looking into an outage of all our mail"
        #expect(try findings("\(opening)\n\nAll is well 🎉") == [])
        #expect(try findings("\(opening) 🎉\n\nAll is well").count == 1)
        // As it is sent where typographic characters stay.
        let kept = try findings("x", front: "sms: \"“Va”\"\n", sms: ShortFormRules(transliterates: false))
        #expect(
            kept.count == 1 && kept[0].hasPrefix("characters-costly t/message.md:4: ““”, “”” are not"),
            "\(kept)")
        // Rewritten anyhow, needed by the script, or read by nobody.
        #expect(try findings("x", front: "sms: \"“Perché” – È\"\n") == [])
        #expect(try findings("Сервис не работает") == [])
        #expect(try findings("x", front: "sms: È\n") == [])
        #expect(try findings("x 🎉", sms: nil) == [])
    }

    @Test(arguments: ["outage", "resolved", "campaign"])
    func `the templates that come along give no reason for advice`(name: String) throws {
        let content = try TemplateFolder(ShippedTemplateTests.folder).load(
            name, variables: [:], sender: .sample)
        #expect(try CompiledTemplate(content, unset: .shown).findings(sms: ShortFormRules()) == [])
    }
}
