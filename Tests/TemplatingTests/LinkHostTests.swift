import Broadcast
import Testing

@testable import Templating

/// Hosts of other letters, in the links of every form.
struct LinkHostTests {
    private static let ascii = "https://xn--bcher-kva.example"

    /// A body, and what every form has to lead to.
    @Test(arguments: [
        ("[x](https://bücher.example/ß)", "\(ascii)/%C3%9F"),
        ("<https://bücher.example/ß>", "\(ascii)/%C3%9F"),
        ("[x](https://b%C3%BCcher.example)", ascii), ("[x][r]\n\n[r]: https://BÜCHER.example", ascii),
        ("![x](https://bücher.example/a.png)", "\(ascii)/a.png"),
        ("[x](https://{{shop}}.example/)", "\(ascii)/"),
        ("[x]({{link}})", "\(ascii)/s%C3%BC"), ("[x]({{link}}/more)", "\(ascii)/s%C3%BC/more"),
        ("[x]({{contact.site}})", "\(ascii)/?%C3%BC"),
        ("[x]({{contact.site}}/more)", "\(ascii)/?%C3%BC/more"),
        ("[x](https://{{contact.id}}.bücher.example/)", "https://c1.xn--bcher-kva.example/"),
        ("[x](https://c-{{contact.id}}.{{shop}}.example)", "https://c-c1.xn--bcher-kva.example"),
    ])
    func `a link leads to the host in ASCII, in every form`(body: String, expected: String) throws {
        let template = try CompiledTemplate(
            .sample(
                body, front: "variables: {link: A, shop: B}\n",
                files: ["layouts/email.html": "{{{content}}}"],
                variables: ["link": "https://bücher.example/sü", "shop": "bücher"]))
        let reader = Contact.sample(attributes: ["site": "https://bücher.example/?ü"])
        for form in ContentForm.allCases {
            #expect(try template.text(form, for: reader).contains(expected), "\(form)")
        }
        for form in [ContentForm.email, .webhook] {
            #expect(try template.html(form, for: reader).contains("href=\"\(expected)\""))
        }
        #expect(try template.text(.telegram, for: reader).contains("href=\"\(expected)\""))
        #expect(template.warnings == [])
    }

    @Test func `a link of an author's own page leads to the host in ASCII as well`() throws {
        let page = "<a href=\"{{v}}\">a</a><a href=\"{{contact.site}}\">b</a>"
        let template = try CompiledTemplate(
            .sample(
                "x", front: "variables: {v: A}\n", files: ["t/email.html": page, "t/telegram.html": page],
                variables: ["v": "https://bücher.example/?a&b"]))
        let reader = Contact.sample(attributes: ["site": "https://bücher.example"])
        let expected = "<a href=\"\(Self.ascii)/?a&amp;b\">a</a><a href=\"\(Self.ascii)\">b</a>"
        #expect(try template.html(.email, for: reader) == expected)
        #expect(try template.text(.telegram, for: reader) == expected)
    }

    /// A host, and what is told of it.
    @Test(arguments: [
        ("аcme.example", "has a host that mixes letters of several alphabets in one name"),
        ("אa.example", "has a domain that is no international domain name"),
        ("a..example", "has an empty label in its domain (a dot too many)"),
        ("\(String(repeating: "a", count: 64)).example", "has more than 63 octets between two dots"),
        ("a%2Fb.example", "has a host with a character that no host has"),
        ("{{contact.id}}ü.example", "has a host that joins a reader's value"),
        ("{{contact.id}}..example", "has an empty label"),
    ])
    func `a link to what can be no host is dropped, and told with its line`(host: String, reason: String)
        throws
    {
        let body = "x\n\n[words](https://\(host)/path) and {{> p}}"
        let template = try CompiledTemplate(
            .sample(body, files: ["_partials/p.md": "\n[more](https://\(host)/p)\n"]))
        let told = template.warnings.map(\.description)
        try #require(told.count == 2, "\(told)")
        #expect(
            told[0].hasPrefix("t/message.md:7: “https://") && told[1].hasPrefix("_partials/p.md:2: "),
            "\(told)")
        for line in told {
            #expect(line.contains("” \(reason)") && line.hasSuffix("; its words stay"), "\(line)")
        }
        for form in ContentForm.allCases {
            let everything = try template.everything(form, for: .sample())
            #expect(everything.contains("words") && !everything.contains("/path"), "\(everything)")
        }
    }

    @Test func `a link without an address is told with its line`() throws {
        let template = try CompiledTemplate(.sample("x\n\n[words]() more"))
        #expect(
            template.warnings.map(\.description) == [
                "t/message.md:7: a link without an address is no https, http, mailto or tel link; its words stay"
            ])
    }

    @Test func `a value that makes a host impossible is told once, at its first place`() {
        let body = "[a](https://{{v}}/x) [b](https://{{v}}/y)\n\n[c]({{w}}) [d]({{w}})"
        let front = "variables: {v: A, w: B}\n"
        let values = ["v": "acme.example/x", "w": "https://a..example"]
        #expect(
            problems(of: .sample(body, front: front, files: ["t/message.it.md": body], variables: values))
                == [
                    "t/message.md:6: v is “acme.example/x”; the link with it has a host with a character that no host has",
                    "t/message.md:8: w is “https://a..example”, which is no https, http, mailto or tel link",
                ])
    }

    @Test(arguments: ["https://a..example", "https://аcme.example", "https://a%2Fb.example/"])
    func `a reader's link to what can be no host is none`(site: String) throws {
        let template = try CompiledTemplate(.sample("[a]({{contact.site}})"))
        let reader = Contact.sample(attributes: ["site": site])
        #expect(template.unfit(.email, for: reader, announcement: .sample).map(\.reason) == [.notALink])
        #expect(throws: RenderProblem.self) { try template.rendered(.email, for: reader) }
    }
}
