import Broadcast
import Testing

@testable import Templating

/// One title above a text: its own, or the subject.
struct TitleTests {
    /// A body, and the headings of the highest level that its mail shows.
    @Test(arguments: [
        ("text", ["Hello"]), ("# Own", ["Own"]), ("# Own\n\n# Two", ["Own", "Two"]),
        ("Own\n===\n\ntext", ["Own"]),
        ("## Part\n\ntext", ["Hello"]), ("text\n\n# Later", ["Hello", "Later"]),
        ("> # Quoted", ["Hello", "Quoted"]),
        ("{{#contact.vip}}# {{contact.vip}}{{/contact.vip}}\n\ntext", ["Hello"]),
        ("{{#contact.plan}}# For {{contact.plan}}{{/contact.plan}}\n\ntext", ["For Pro"]),
    ])
    func `a mail has the subject as its title unless it begins with one`(body: String, titles: [String])
        throws
    {
        let reader = Contact.sample(attributes: ["plan": "Pro"])
        let template = try CompiledTemplate(.sample(body))
        let html = try template.html(.email, for: reader)
        #expect(html.matches(of: /<h1[^>]*>(.*?)<\/h1>/).map { String($0.1) } == titles)
        #expect(html.matches(of: /<h1 class="title"[^>]*>(.*?)<\/h1>/).map { String($0.1) } == [titles[0]])
        #expect(html.contains("<title>Hello</title>"))
        let isOwn = titles[0] != "Hello"
        #expect(try template.text(.telegram, for: reader).hasPrefix("<b>Hello</b>\n\n") == !isOwn)
    }

    @Test func `an author's page may show the heading where it likes`() throws {
        let files = ["t/email.html": "<div>{{{heading}}}</div>{{{content}}}", "t/email.txt": "x"]
        let shown = { (body: String) in try CompiledTemplate(.sample(body, files: files)).html(.email) }
        #expect(try shown("a & b").hasPrefix("<div><h1 class=\"title\""))
        #expect(try shown("# a").hasPrefix("<div></div><h1 class=\"title\""))
        let hostile = FrozenContent.sample("a", front: "subject: \"{{contact.name}} <b>\"\n", files: files)
        let html = try CompiledTemplate(hostile).html(.email, for: .sample(name: "<i>&"))
        #expect(html.contains(">&lt;i&gt;&amp; &lt;b&gt;</h1>"))
        let within = FrozenContent.sample("a", files: ["t/email.html": "<p title=\"{{heading}}\">x</p>"])
        #expect(problems(of: within).count == 1)
    }
}
