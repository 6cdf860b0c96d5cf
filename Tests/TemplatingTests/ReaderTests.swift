import Broadcast
import Foundation
import Testing

@testable import Templating

/// What one reader gets and another does not.
struct ReaderTests {
    private static let greeting = FrozenContent.sample(
        "---",
        files: [
            "t/message.md": "---\nsubject: base\npurpose: service\n---\nbase",
            "t/message.it.md": "---\nsubject: it\n---\nit",
            "t/message.it-CH.md": "---\nsubject: it-CH\n---\nit-CH",
            "t/message.pt_BR.md": "pt-BR", "t/message.de.md": "---\nsubject: de\n---\nde",
        ])

    @Test(arguments: [
        ("it-IT", "it"), ("it", "it"), ("IT", "it"), ("it_IT", "it"), ("it-CH", "it-CH"), ("it-ch", "it-CH"),
        ("it-Latn-IT", "it"), ("pt-BR", "pt_BR"), ("pt", "base"), ("de-AT", "de"), ("fr", "base"),
        ("", "base"), ("x", "base"),
    ])
    func `a reader gets the text of the locale, else of the language`(locale: String, expected: String) throws
    {
        let template = try CompiledTemplate(Self.greeting)
        let content = try template.rendered(.webhook, for: .sample(locale: locale))
        #expect(String(decoding: content.text, as: UTF8.self) == expected.replacing("_", with: "-"))
    }

    @Test(arguments: [
        ("it", "en", nil, "it"), ("it-IT", "en", "fr", "it"), ("it-CH", "en", "fr", "it-CH"),
        ("de", "en", "it", "it"),
        ("fr", nil, nil, "base"), ("it", "en", "en-GB", "base"),
        ("it", "en", "en", "base"),
        ("it", "en-US", "en-US", "base"), ("it", "en", "fr", "it"),
        ("fr", "en", "es", "base"),
    ])
    func `a reader whose language is missing gets the sender's`(
        sender: String, declared: String?, reader: String?, expected: String
    ) throws {
        var content = Self.greeting
        content.sender = Sender(name: "Acme", locale: sender)
        if let declared {
            content.files["t/message.md"] =
                "---\nsubject: base\npurpose: service\nlocale: \(declared)\n---\nbase"
        }
        let template = try CompiledTemplate(content)
        #expect(try template.text(.webhook, for: .sample(locale: reader)) == expected)
        if reader == nil { #expect(try template.text(.webhook, for: nil) == expected) }
    }

    @Test func `a locale's file takes what it does not say from its language, then from message.md`() throws {
        let template = try CompiledTemplate(Self.greeting)
        let titles = try ["it-CH", "it", "pt-BR"].map { locale in
            String(decoding: try template.rendered(.email, for: .sample(locale: locale)).title, as: UTF8.self)
        }
        #expect(titles == ["it-CH", "it", "base"])
        #expect(template.locales == ["en", "de", "it", "it-CH", "pt-BR"])
        #expect(template.locale(for: .sample(locale: "it-IT")) == "it")
    }

    @Test(arguments: [("zh-Hant-TW", "hant"), ("zh-Hant", "hant"), ("zh-TW", "base"), ("zh_hant_hk", "hant")])
    func `a reader gets the nearest text there is for a locale of several parts`(
        locale: String, expected: String
    ) throws {
        let content = FrozenContent.sample("base", files: ["t/message.zh-Hant.md": "hant"])
        #expect(try CompiledTemplate(content).text(.webhook, for: .sample(locale: locale)) == expected)
    }

    @Test func `a locale may word the default of a variable otherwise`() throws {
        let content = FrozenContent.sample(
            "{{v}}", front: "variables: {v: {description: d, default: one}}\n",
            files: ["t/message.it.md": "---\nvariables: {v: {default: uno}}\n---\n{{v}}"])
        let template = try CompiledTemplate(content)
        #expect(try template.text(.webhook) == "one")
        #expect(try template.text(.webhook, for: .sample(locale: "it")) == "uno")
        var given = content
        given.variables = ["v": "2"]
        #expect(try CompiledTemplate(given).text(.webhook, for: .sample(locale: "it")) == "2")
    }

    @Test func `every name of a contact and of the announcement has its value`() throws {
        let names = [
            "contact.id", "contact.name", "contact.email", "contact.phone", "contact.locale",
            "contact.timezone",
            "contact.tags", "contact.plan", "announcement.id",
            "announcement.template",
            "announcement.purpose", "announcement.sentAt", "sender.name", "sender.website", "sender.locale",
            "sender.timezone", "links.website", "locale", "direction",
        ]
        let body = names.map { "{{\($0)}}" }.joined(separator: "\\\n")
        let contact = Contact.sample(tags: ["a", "b"], attributes: ["plan": "Pro"])
        let text = try CompiledTemplate(.sample(body)).text(.webhook, for: contact)
        #expect(
            text.split(separator: "\n") == [
                "c1", "Ada", "ada@example.org", "+393331234567", "en", "Europe/Rome", "a, b", "Pro",
                "outage-1", "t",
                "service", "2026-11-21T13:05:00Z", "Acme", "https://www.acme.example", "en", "Europe/Rome",
                "https://www.acme.example", "en", "ltr",
            ])
    }

    @Test(arguments: [
        ("en", "Europe/Rome", "November 21, 2026", "2:05"),
        ("en-GB", "Europe/London", "21 November 2026", "13:05"),
        ("it-IT", "Europe/Rome", "21 novembre 2026", "14:05"),
        ("it", "Asia/Tokyo", "21 novembre 2026", "22:05"),
        ("it", "Pacific/Auckland", "22 novembre 2026", "02:05"),
        ("en-GB", "Pacific/Auckland", "22 November 2026", "02:05"),
        ("fr", "America/New_York", "November 21, 2026", "8:05"),
    ])
    func `dates follow the reader's zone and the text's language`(
        locale: String, timezone: String, date: String, time: String
    ) throws {
        let content = FrozenContent.sample(
            "{{announcement.date}}|{{announcement.time}}",
            files: ["t/message.it.md": "{{announcement.date}}|{{announcement.time}}"])
        let template = try CompiledTemplate(content)
        let text = try template.text(.webhook, for: .sample(locale: locale, timezone: timezone))
        #expect(text.hasPrefix("\(date)|\(time)"), "\(text)")
        #expect(try template.text(.webhook, for: .sample(locale: locale, timezone: timezone)) == text)
    }

    @Test func `sections show each reader only what is meant for them`() throws {
        let body = """
            {{#contact.plan}}
            # {{contact.plan}}

            - for {{.}} {{#contact.vip}}**VIP**{{/contact.vip}}
            {{/contact.plan}}
            {{^contact.plan}}
            no plan
            {{/contact.plan}}
            """
        let template = try CompiledTemplate(.sample(body))
        let cases: [([String: String], String)] = [
            ([:], "<p>no plan</p>\n"), (["vip": "x"], "<p>no plan</p>\n"),
            (["plan": "*P*"], "<h1>*P*</h1>\n<ul>\n<li>for *P*</li>\n</ul>\n"),
            (["plan": "P", "vip": "x"], "<h1>P</h1>\n<ul>\n<li>for P <strong>VIP</strong></li>\n</ul>\n"),
        ]
        for _ in 1...2 {
            for (attributes, expected) in cases {
                #expect(try template.html(.webhook, for: .sample(attributes: attributes)) == expected)
            }
        }
    }

    @Test func `a required value that is missing is named with its place, also in a public place`() throws {
        let template = try CompiledTemplate(
            .sample(
                "Hi {{contact.name}}\n{{#contact.plan}}{{contact.plan}} {{contact.since}}{{/contact.plan}}",
                front: "subject: \"{{contact.city}}\"\nsms: Hi\n"))
        let missing = { (form: ContentForm, contact: Contact?) in
            template.unfit(form, for: contact, announcement: .sample).map(\.description)
        }
        let city = "t/message.md:3: contact.city is empty and has no default"
        let name = "t/message.md:6: contact.name is empty and has no default"
        let since = "t/message.md:7: contact.since is empty and has no default"
        #expect(missing(.webhook, .sample()) == [city])
        #expect(missing(.email, .sample(name: " \u{200F}\n", attributes: ["city": "Rome"])) == [])
        #expect(missing(.email, .sample(name: "\u{200F}", attributes: ["city": "Rome"])) == [name])
        #expect(missing(.webhook, .sample(attributes: ["city": "Rome", "plan": "x"])) == [since])
        #expect(missing(.webhook, nil) == [city, name])
        #expect(missing(.sms, nil) == [city])
        let problem = try #require(throws: RenderProblem.self) { try template.rendered(.webhook, for: nil) }
        #expect(problem.code == .valueUnfit && problem.form == .webhook)
        #expect(problem.description == "webhook: \(city)")
    }

    @Test func `a default stands where a contact has no value`() throws {
        let template = try CompiledTemplate(
            .sample("Hi {{contact.name}}", front: "variables: {contact.name: {default: '*friend*'}}\n"))
        #expect(try template.html(.webhook, for: .sample(name: "")) == "<p>Hi *friend*</p>\n")
        #expect(try template.html(.webhook, for: nil) == "<p>Hi *friend*</p>\n")
        #expect(try template.html(.webhook) == "<p>Hi Ada</p>\n")
    }

    @Test func `equal arguments give equal bytes`() throws {
        let content = FrozenContent.sample("Hi {{contact.name}} {{#contact.plan}}{{.}}{{/contact.plan}}")
        let contact = Contact.sample(attributes: ["plan": "P"])
        let first = try CompiledTemplate(content)
        let second = try CompiledTemplate(content)
        for form in ContentForm.allCases {
            #expect(try first.rendered(form, for: contact) == second.rendered(form, for: contact))
        }
    }
}
