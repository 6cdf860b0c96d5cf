import Broadcast
import Testing

@testable import Templating

/// Where in an author's HTML a value may stand, and as what.
struct HTMLPlaceTests {
    @Test(arguments: [
        "<p style=\"color:{{contact.colour}}\">", "<p STYLE = '{{contact.colour}}'>",
        "<a onclick=\"go('{{contact.plan}}')\">x</a>", "<p onmouseover = '{{contact.plan}}'>",
        "<iframe srcdoc=\"{{contact.plan}}\"></iframe>", "<img srcset=\"{{contact.plan}} 2x\">",
        "<meta http-equiv=\"refresh\" content=\"{{contact.plan}}\">",
        "<p title={{subject}}>", "<style>{{subject}}</style>", "<a href=\"{{subject}}\">x</a>",
        "<{{preheader}}>",
        "<p title=\"{{{content}}}\">", "<script>{{{content}}}</script>",
        "<!--[if mso]><v:roundrect style=\"{{contact.colour}}\"><![endif]-->",
    ])
    func `no value stands where its text would be code`(html: String) {
        let found = problems(of: .sample("x", files: ["t/email.html": html]))
        #expect(found.count == 1 && found[0].contains(" cannot be made safe here; put it"), "\(found)")
    }

    @Test(arguments: [
        "<a href = \"{{contact.page}}\">x</a>", "<a href\n=\n'{{contact.page}}'>x</a>",
        "<a title=\"a=b\" HREF=\"{{contact.page}}\">x</a>", "<button formaction=\"{{contact.page}}\">",
        "<svg><a xlink:href=\"{{contact.page}}\">x</a></svg>", "<video poster=\"{{contact.page}}\">",
        "<a href=\" {{contact.page}}\">x</a>",
        "<!--[if mso]><v:roundrect href=\"{{contact.page}}\"></v:roundrect><![endif]-->",
        "<!--[if !mso]><!--><a href=\"{{contact.page}}\">x</a><!--<![endif]-->",
    ])
    func `a value that begins a link must be one, however the attribute is written`(html: String) throws {
        let template = try CompiledTemplate(.sample("x", files: ["t/email.html": html]))
        let harmful = Contact.sample(attributes: ["page": "javascript:alert(1)"])
        let unfit = template.unfit(.email, for: harmful, announcement: .sample)
        #expect(unfit.map(\.reason) == [.notALink])
        let good = Contact.sample(attributes: ["page": "https://a.example/?b=1&c"])
        #expect(try template.html(.email, for: good).contains("https://a.example/?b=1&amp;c"))
    }

    @Test(arguments: [
        ("<p data-x=\"{{contact.name}}\">", "A &lt;b&gt;"), ("<p title = '{{contact.name}}'>", "A &lt;b&gt;"),
        ("<img alt=\"{{contact.name}}\">", "A &lt;b&gt;"), ("<!-- {{contact.name}} -->", "A &lt;b&gt;"),
        ("<!-- [don't] --><p title=\"{{contact.name}}\">", "A &lt;b&gt;"),
        ("<!--[if mso]><td>{{contact.name}}</td><![endif]-->", "A &lt;b&gt;"),
        ("<a href=\"https://a.example/?style={{contact.name}}\">", "style=A%20%3Cb%3E"),
    ])
    func `an ordinary attribute shows a value as text`(html: String, expected: String) throws {
        let template = try CompiledTemplate(.sample("x", files: ["t/email.html": html]))
        #expect(try template.html(.email, for: .sample(name: "A <b>")).contains(expected))
    }

    @Test(arguments: [
        (
            "t/email.html", "x\n<a href=\"javascript:go()\">x</a>",
            "t/email.html:2: “javascript:go()” is no https"
        ),
        (
            "t/email.html", "<a\nHREF = ' Data:text/html,x'>x</a>",
            "t/email.html:2: “Data:text/html,x” is no https"
        ),
        (
            "layouts/email.html", "<form action=vbscript:x></form>{{{content}}}",
            "layouts/email.html:1: “vbscript:x”"
        ),
        ("_partials/p.html", "<img src=\"javascript:x\">", "_partials/p.html:1: “javascript:x”"),
    ])
    func `a link that runs code or is a document itself is refused, the author's own as well`(
        file: String, html: String, expected: String
    ) {
        var files = ["t/email.html": "{{> p}}", "_partials/p.html": "", "t/email.txt": "x"]
        if file.hasPrefix("layouts") { files["t/email.html"] = nil }
        files[file] = html
        let found = problems(of: .sample("x", files: files))
        #expect(found.count == 1 && found[0].hasPrefix(expected), "\(found)")
    }

    @Test func `a picture written out in its link is none of that`() {
        let html = "<img alt=\"\" src=\"data:image/png;base64,AAAA\">javascript: <p title=\"javascript:x\">"
        #expect(problems(of: .sample("x", files: ["t/email.html": html, "t/email.txt": "x"])) == [])
    }

    @Test(arguments: ["a", "b", ""]) func `one of two links may stand in an attribute`(given: String) throws {
        let html =
            "<a href=\"{{#contact.a}}{{contact.a}}{{/contact.a}}{{^contact.a}}{{contact.b}}{{/contact.a}}/{{contact.c}}\">"
        let front = "variables: {contact.b: {default: 'https://d.example'}, contact.c: {default: 'x y'}}\n"
        let template = try CompiledTemplate(.sample("x", front: front, files: ["t/email.html": html]))
        let contact = Contact.sample(attributes: [given: "https://\(given).example/?q=1"])
        let expected = given.isEmpty ? "https://d.example" : "https://\(given).example/?q=1"
        #expect(try template.html(.email, for: contact) == "<a href=\"\(expected)/x%20y\">")
        guard !given.isEmpty else { return }
        let harmful = Contact.sample(attributes: [given: "javascript:1"])
        #expect(
            template.unfit(.email, for: harmful, announcement: .sample).map(\.reason)
                == [UnfitValue.Reason.notALink])
    }

    @Test(arguments: [
        "<a href=\"{{#contact.a}}{{contact.a}}{{/contact.a}}{{contact.b}}\">x</a>",
        "<a href=\"{{#contact.a}}{{contact.a}}{{/contact.a}}{{^contact.c}}{{contact.b}}{{/contact.c}}\">x</a>",
        "<a href=\"{{#contact.a}}https://a.example/{{/contact.a}}{{^contact.a}}{{/contact.a}}{{contact.b}}\">x</a>",
    ])
    func `a value that begins the link for some readers only is refused`(html: String) {
        let found = problems(of: .sample("x", files: ["t/email.html": html]))
        #expect(
            found.count == 1 && found[0].contains("contact.b begins the link for some readers"), "\(found)")
    }

    @Test(arguments: [
        "<a href=\"{{#contact.a}}\" title=\"{{/contact.a}}{{contact.b}}\">x</a>",
        "<p>{{#contact.a}}<b title=\"{{/contact.a}}\">", "{{^contact.a}}<style>{{/contact.a}}{{contact.b}}",
    ])
    func `a section may not end in another place than it began`(html: String) {
        let found = problems(of: .sample("x", files: ["t/email.html": html]))
        #expect(found.contains { $0.contains("must end where it began") }, "\(found)")
    }

    @Test func `a section may hold whole tags and begin within a link`() throws {
        let html =
            "{{#contact.a}}<b>{{/contact.a}}x<a href=\"https://a.example/{{#contact.a}}{{.}}{{/contact.a}}\">"
        let template = try CompiledTemplate(.sample("x", files: ["t/email.html": html]))
        #expect(try template.html(.email, for: .sample(attributes: ["a": "b c"])).contains("/b%20c\">"))
        #expect(try template.html(.email) == "x<a href=\"https://a.example/\">")
    }
}
