import Broadcast
import Testing

@testable import Templating

/// What a message with files says in each form.
struct EnclosedFormTests {
    private func template(_ front: String, variables: [String: String] = [:]) throws -> CompiledTemplate {
        let files = try AttachmentFolder(front, files: ["a.pdf": .pdf, "b.png": .png(1200, 500)])
        var content = try files.content()
        content.variables = variables
        return try CompiledTemplate(content)
    }

    @Test func `a picture stands at the head of the HTML, and its words at that of the text`() throws {
        let template = try template("image: {file: b.png, alt: 'Sky for <{{contact.name}}> \"&\"'}")
        let content = try template.rendered(.email, for: .sample(name: "A\"><script>"))
        let html = String(decoding: content.html, as: UTF8.self)
        let id = try #require(content.enclosures.image?.contentID)
        #expect(
            html.contains(
                "<img src=\"cid:\(id)\" width=\"536\" alt=\"Sky for &lt;A&quot;&gt;&lt;script&gt;&gt; &quot;&amp;&quot;\""
            ))
        #expect(html.contains("max-width:100%;height:auto"))
        let text = try template.text(.email, for: .sample(name: "A\"><script>"))
        #expect(text.hasPrefix("[Sky for <A\"><script>> \"&\"]\n\nText."))
        for form in [ContentForm.sms, .telegram, .webhook] {
            let everything = try template.everything(form, for: .sample())
            #expect(!everything.contains("cid:") && !everything.contains("Sky"))
        }
    }

    @Test(arguments: [("", "We are down"), ("# Sorry\n\n", "Sorry")])
    func `a picture stands below the title, wherever that comes from`(heading: String, title: String) throws {
        let files = try AttachmentFolder("image: {file: b.png, alt: Sky}", files: ["b.png": .png(4, 3)])
        try files.write(
            "t/message.md",
            Array(
                """
                ---
                subject: We are down
                purpose: service
                image: {file: b.png, alt: Sky}
                ---
                \(heading)We know.

                """.utf8))
        let content = try CompiledTemplate(try files.content()).rendered(.email, for: .sample())
        let html = String(decoding: content.html, as: UTF8.self)
        let parts = ["<h1 class=\"title\"", "\(title)</h1>", "<img ", ">We know.</p>"]
        let places = parts.compactMap { html.firstRange(of: $0)?.lowerBound }
        #expect(places.count == 4 && places == places.sorted(), "\(html)")
        #expect(html.matches(of: /<h1/).count == 1)
    }

    @Test func `long words of a picture are folded for each reader`() throws {
        let words = Array(repeating: "word", count: 30).joined(separator: " ")
        let text = try template("image: {file: b.png, alt: '{{contact.name}} \(words)'}").text(.email)
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 76 })
        #expect(text.hasPrefix("[Ada word") && text.contains("word]\n\nText."))
    }

    @Test func `sections in a picture's words are each reader's`() throws {
        let template = try template(
            "image: {file: b.png, alt: 'Sky{{#contact.plan}} of {{contact.plan}}{{/contact.plan}}.'}")
        #expect(
            try template.text(.email, for: .sample(attributes: ["plan": "Pro"])).hasPrefix("[Sky of Pro.]"))
        #expect(try template.text(.email, for: .sample()).hasPrefix("[Sky.]"))
    }

    @Test func `a file with a link is linked where no file goes, unless the text has the link already`()
        throws
    {
        let url = "https://www.acme.example/a.pdf?x=1&y=2"
        let front = "attachments: [{file: a.pdf, name: 'A <b>.pdf', url: '\(url)'}]"
        let linked = try template(front)
        let escaped = "https://www.acme.example/a.pdf?x=1&amp;y=2"
        #expect(try linked.text(.telegram).hasSuffix("\n\n<a href=\"\(escaped)\">A &lt;b&gt;.pdf</a>"))
        #expect(try linked.text(.sms).hasSuffix(" \(url)"))
        #expect(try linked.text(.webhook).hasSuffix("\n\nA <b>.pdf: \(url)"))
        #expect(try linked.html(.webhook).hasSuffix("<p><a href=\"\(escaped)\">A &lt;b&gt;.pdf</a></p>\n"))
        #expect(try !linked.everything(.email, for: .sample()).contains("a.pdf?x"))
        let said = try template("sms: 'See \(url)'\n" + front)
        #expect(try said.text(.sms) == "See \(url)")
    }

    @Test func `a template without files renders as if there were none`() throws {
        let bare = try CompiledTemplate(.sample("Text.\n"))
        for form in [ContentForm.email, .sms, .telegram, .webhook] {
            #expect(try bare.rendered(form).enclosures.isEmpty)
        }
    }
}
