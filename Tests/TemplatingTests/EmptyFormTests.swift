import Broadcast
import Testing

@testable import Templating

/// A message without words reaches nobody, whatever the provider says.
struct EmptyFormTests {
    @Test(arguments: [
        ("", "the text is empty"), (" \n\n\t\n", "the text is empty"),
        ("{{! only a comment }}", "the text is empty"), ("```\n```", "the text is empty"),
        ("---", "the text is empty"), ("&nbsp;", "the text is empty"),
        ("**&#8203;**\n\n> \n", "the text is empty"),
        ("-\n-\n", "the text is empty"), ("#", "the text is empty"),
        ("{{#contact.name}}Hi{{/contact.name}}", "the text is empty for a reader without contact.name"),
        ("{{^contact.plan}}Hi{{/contact.plan}}", "the text is empty for a reader with contact.plan"),
    ])
    func `a text that says nothing is refused`(body: String, expected: String) {
        let found = problems(of: .sample(body))
        #expect(
            found.count == 1 && found[0].hasPrefix("t/message.md:") && found[0].contains(expected), "\(found)"
        )
    }

    @Test(arguments: [
        ("t/sms.txt", "{{#contact.plan}}x{{/contact.plan}}", "without contact.plan"),
        (
            "t/sms.txt", "{{^contact.plan}} {{contact.name}}{{/contact.plan}}",
            "with contact.name, contact.plan"
        ),
        ("t/sms.txt", " \n", "the text is empty; say"),
        ("t/email.txt", "{{! later }}", "the text is empty; say"),
        ("t/email.txt", "\n{{#contact.plan}}x{{/contact.plan}}\n", "without contact.plan"),
        ("t/telegram.html", "<b> {{#contact.plan}}x{{/contact.plan}}</b>", "without contact.plan"),
        ("t/email.html", " \n", "the text is empty; say"),
        ("t/email.html", "{{#contact.plan}}<p>x</p>{{/contact.plan}}", "without contact.plan"),
        ("t/telegram.html", "<b></b>", "the text is empty; say"),
    ])
    func `an override that says nothing to some readers is refused`(
        file: String, text: String, expected: String
    ) {
        let found = problems(of: .sample("x", files: [file: text]))
        #expect(
            found.count == 1 && found[0].hasPrefix("\(file): ") && found[0].contains(expected), "\(found)")
    }

    @Test func `a short form that says nothing to some readers is refused with its line`() {
        let found = problems(
            of: .sample("x", front: "subject: x\nsms: '{{#contact.plan}}y{{/contact.plan}}'\n"))
        #expect(
            found == [
                "t/message.md:4: the text is empty for a reader without contact.plan; say something there"
            ])
    }

    @Test(arguments: [
        ("t/sms.txt", "{{contact.plan}}"), ("t/sms.txt", "{{announcement.id}}"),
        ("t/email.txt", "{{subject}}"),
        ("t/telegram.html", "<b>{{subject}}</b>"),
        ("t/sms.txt", "{{#contact.plan}}a{{/contact.plan}}{{^contact.plan}}b{{/contact.plan}}"),
        ("t/sms.txt", "{{#contact.locale}}x{{/contact.locale}}"),
    ])
    func `an override that says something to everybody is taken`(file: String, text: String) {
        #expect(problems(of: .sample("x", files: [file: text])) == [])
    }

    /// Empty for readers with `a` and without `b` only, which no look at nobody and everybody finds.
    static let mixed =
        "{{#contact.a}}{{#contact.b}}x{{/contact.b}}{{/contact.a}}{{^contact.a}}y{{/contact.a}}"

    @Test(arguments: [ContentForm.email, .sms, .telegram, .webhook])
    func `where nothing is left for one reader, that reader gets nothing`(form: ContentForm) throws {
        let overrides = ["t/sms.txt": Self.mixed, "t/telegram.html": "<b>\(Self.mixed)</b>"]
        let template = try CompiledTemplate(.sample(Self.mixed, files: overrides))
        let problem = try #require(throws: RenderProblem.self) {
            try template.rendered(form, for: .sample(attributes: ["a": "1"]))
        }
        #expect(problem.code == .empty)
        for attributes in [[:], ["b": "1"], ["a": "1", "b": "1"]] {
            #expect(throws: Never.self) { try template.rendered(form, for: .sample(attributes: attributes)) }
        }
    }

    @Test func `a webhook's own body needs no text`() throws {
        let template = try CompiledTemplate(.sample(Self.mixed, files: ["t/webhook.json": #"{"id":1}"#]))
        #expect(throws: Never.self) { try template.rendered(.webhook, for: .sample(attributes: ["a": "1"])) }
    }
}
