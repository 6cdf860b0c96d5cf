import Broadcast
import Testing

@testable import Templating

/// `links.page`: where an announcement can be read.
struct PageTests {
    private static let sender = Sender(name: "Acme", page: "https://acme.example/news/{{announcement.id}}")
    private static let url = "https://acme.example/news/outage-1"

    @Test(arguments: [
        (ContentForm.email, "See it (\(url))."), (.webhook, "See it (\(url))."), (.sms, "See it (\(url))."),
        (.telegram, #"See <a href="\#(url)">it</a>."#),
    ])
    func `a text leads to the announcement's page`(form: ContentForm, expected: String) throws {
        let template = try CompiledTemplate(.sample("See [it]({{links.page}}).", sender: Self.sender))
        for contact in [Contact.sample(), nil] {
            #expect(try template.text(form, for: contact).contains(expected))
        }
        #expect(try template.html(.webhook).contains(#"href="\#(Self.url)""#))
    }

    @Test(arguments: [(sender, "x \(url) y"), (.sample, "x no y")])
    func `a section asks whether there is a page`(sender: Sender, expected: String) throws {
        let body = "x {{#links.page}}{{links.page}}{{/links.page}}{{^links.page}}no{{/links.page}} y"
        #expect(try CompiledTemplate(.sample(body, sender: sender)).text(.webhook) == expected)
        let sms = "sms: \"\(body)\"\n"
        #expect(try CompiledTemplate(.sample("b", front: sms, sender: sender)).text(.sms) == expected)
        let files = [
            "t/email.html":
                "<p title=\"\(body)\">{{#links.page}}<a href=\"{{links.page}}\">x</a>{{/links.page}}</p>"
        ]
        let html = try CompiledTemplate(.sample("b", files: files, sender: sender)).html(.email)
        #expect(html.contains("title=\"\(expected)\"") && html.contains("<a href") == (sender == Self.sender))
    }

    @Test func `a section about the page is none of the twelve`() throws {
        let sections = (0..<12).map { "{{#contact.a\($0)x}}y{{/contact.a\($0)x}}" }.joined()
        let body = sections + "{{#links.page}}p{{/links.page}}"
        #expect(try CompiledTemplate(.sample(body, sender: Self.sender)).text(.webhook) == "p")
    }

    @Test(arguments: [
        ("en", "x\n\nRead this online: \(url)\n"), ("it-IT", "x\n\nLeggi online: \(url)\n"),
        ("ar", "x\n\nاقرأ على الإنترنت: \(url)\n"), ("eo", "x\n\n\(url)\n"),
    ])
    func `a mail's text ends with the page, in the language of the text`(locale: String, expected: String)
        throws
    {
        let content = FrozenContent.sample("x", front: "locale: \(locale)\n", sender: Self.sender)
        #expect(try CompiledTemplate(content).text(.email) == expected)
        #expect(try CompiledTemplate(content).text(.webhook) == "x")
        #expect(try CompiledTemplate(content).text(.sms) == "x")
    }

    @Test func `a mail's text that leads to the page itself, or is an author's own, says it once`() throws {
        let own = try CompiledTemplate(.sample("See [it]({{links.page}}).", sender: Self.sender))
        #expect(try own.text(.email) == "See it (\(Self.url)).\n")
        let body = "{{#contact.plan}}See {{links.page}}{{/contact.plan}} x"
        let some = try CompiledTemplate(.sample(body, sender: Self.sender))
        #expect(try some.text(.email).hasSuffix("\n\nRead this online: \(Self.url)\n"))
        #expect(try some.text(.email, for: .sample(attributes: ["plan": "p"])) == "See \(Self.url) x\n")
        let override = try CompiledTemplate(.sample("x", files: ["t/email.txt": "y\n"], sender: Self.sender))
        #expect(try override.text(.email) == "y\n")
        #expect(try CompiledTemplate(.sample("x")).text(.email) == "x\n")
        let long = Sender(name: "A", page: "https://acme.example/\(String(repeating: "n", count: 60))")
        let folded = try CompiledTemplate(.sample("x", sender: long)).text(.email)
        #expect(folded.hasPrefix("x\n\nRead this online:\nhttps://acme.example/nnn"))
    }

    @Test func `without a page, a text that names it is told what to set`() {
        let found = problems(of: .sample("See {{links.page}}"))
        #expect(found == ["t/message.md:5: announcements have no page; set sender.page in channels.json"])
    }
}
