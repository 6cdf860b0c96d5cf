import Broadcast
import Testing

@testable import Templating

/// Addresses that stand in a text without Markdown's signs.
struct BareLinkTests {
    private static let sender = Sender(
        name: "Acme", website: "https://www.acme.example",
        page: "https://acme.example/news/{{announcement.id}}")
    private static let page = "https://acme.example/news/outage-1"

    private func template(_ body: String) throws -> CompiledTemplate {
        let front = "variables: {link: A link, words: Words}\n"
        let given = ["link": "https://given.example/a_b", "words": "see https://words.example"]
        return try CompiledTemplate(
            .sample(
                body, front: front, files: ["layouts/email.html": "{{{content}}}"], variables: given,
                sender: Self.sender))
    }

    /// A text, and the addresses in it that are links.
    @Test(arguments: [
        (
            "Read https://status.acme.example/x_y?a=1&b=2#c.",
            ["https://status.acme.example/x_y?a=1&amp;b=2#c"]
        ),
        ("https://acme.example", ["https://acme.example"]),
        ("**https://acme.example**!", ["https://acme.example"]),
        ("(see https://acme.example/a_(b), or not)", ["https://acme.example/a_(b)"]),
        ("(https://acme.example/)", ["https://acme.example/"]),
        ("“https://acme.example”", ["https://acme.example"]),
        ("详见 https://acme.example/x。谢谢", ["https://acme.example/x"]),
        ("https://acme.example/{{contact.id}}", ["https://acme.example/c1"]),
        ("a\nhttps://acme.example\nb", ["https://acme.example"]),
        ("Read {{links.page}}.", [page]), ("Read <{{links.page}}>.", [page]),
        ("{{links.page}}#now", [page + "#now"]),
        (
            "{{links.website}} {{sender.website}}/a",
            ["https://www.acme.example", "https://www.acme.example/a"]
        ),
        // Not as an address is written, or not ours.
        ("http://acme.example", []), ("https://", []), ("https://localhost/x", []),
        ("xhttps://acme.example", []),
        ("https://acme.example/café", []), ("`https://acme.example`", []), ("https://acme.example/x中文", []),
        ("{{contact.name}} {{contact.site}}", []), ("{{words}}", []), ("{{link}}", []),
        ("x{{links.website}}", []),
        // Emphasis would cut them.
        ("https://acme.example/_foo_/bar", []), ("https://acme.example/wiki/__init__ now", []),
        ("https://acme.example/x*y*z", []), ("*x*https://acme.example", []),
        ("{{links.page}}/_x_", []), ("*https://acme.example*/path", []), ("**https://acme.example**x", []),
        ("> - ***https://acme.example***/path", []), ("**a https://acme.example**{{contact.id}}", []),
        ("*https://acme.example***x**", []), ("**https://acme.example**`x`", []),
        ("https://acme.example/?u=**https://other.example**", []),
        ("{{links.page}}?u=*https://other.example*", []), ("*{{links.page}}*?a=1", []),
        ("[x](https://acme.example)**https://other.example**", ["https://acme.example"]),
        ("(**https://acme.example**)", ["https://acme.example"]),
        ("***https://acme.example***.\nNow", ["https://acme.example"]),
        (
            "**https://acme.example** now *https://b.example*, x",
            ["https://acme.example", "https://b.example"]
        ),
        ("详见**https://acme.example/x**谢谢", ["https://acme.example/x"]),
        ("**https://acme.example a**/path", ["https://acme.example"]),
        ("*x* https://acme.example *y*", ["https://acme.example"]),
        ("https://acme.example/a_b_c", ["https://acme.example/a_b_c"]),
        ("[https://acme.example](https://other.example)", ["https://other.example"]),
        ("[a https://acme.example b](https://other.example)", ["https://other.example"]),
    ])
    func `a whole word that is an https address is a link`(body: String, links: [String]) throws {
        let reader = Contact.sample(
            name: "https://evil.example", attributes: ["site": "https://evil.example"])
        let template = try template(body)
        for html in [
            try template.html(.webhook, for: reader), try template.html(.email, for: reader),
            try template.text(.telegram, for: reader),
        ] {
            let found = html.matches(of: /href="([^"]*)"/).map { String($0.1) }
            #expect(found == links, "\(html)")
        }
        #expect(TelegramRules.problems(in: try template.text(.telegram, for: reader)) == [])
    }

    @Test(arguments: [
        (String(repeating: "(https://", count: 20_000) + "é", 0),
        ("https://acme.example/" + String(repeating: ")", count: 1_900), 1),
        ("https://acme.example/" + String(repeating: ")", count: 100_000), 0),
        (String(repeating: "https://acme.example ", count: 5_000), 5_000),
        (String(repeating: "*https://acme.example*" + String(repeating: ")", count: 900), count: 100), 100),
    ])
    func `a text full of addresses is read in passing`(body: String, count: Int) throws {
        #expect(try template(body).html(.webhook).matches(of: /href=/).count == count)
    }

    @Test func `what is plain text stays as it is written`() throws {
        let template = try template(
            "Read https://acme.example/x, {{links.page}} or <{{links.page}}> today please.")
        let expected = "Read https://acme.example/x, \(Self.page) or \(Self.page) today please."
        #expect(try template.text(.webhook) == expected)
        #expect(try template.text(.sms) == expected)
        let mail = try template.text(.email).split(separator: "\n").joined(separator: " ")
        #expect(mail.hasPrefix(expected), "\(mail)")
    }
}
