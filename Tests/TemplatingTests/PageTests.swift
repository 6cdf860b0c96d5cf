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

    @Test func `without a page, a text that names it is told what to set`() {
        let found = problems(of: .sample("See {{links.page}}"))
        #expect(found == ["t/message.md:5: announcements have no page; set sender.page in channels.json"])
    }
}
