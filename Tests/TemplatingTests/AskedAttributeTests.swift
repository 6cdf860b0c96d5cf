import Broadcast
import Testing

@testable import Templating

/// Attributes of contacts that a template asks for, and nobody may have.
struct AskedAttributeTests {
    private static let files = [
        "t/message.it.md": "ciao {{contact.livello}}", "t/telegram.html": "<b>{{contact.chat}}</b>",
        "t/webhook.json": #"{"a": ["{{contact.hook}}"]}"#, "_partials/p.md": "\n{{contact.part}}\n",
    ]
    private static let front = """
        subject: "{{contact.title}}"
        sms: "{{contact.short}}"
        variables:
          contact.plna: {description: x, default: none}

        """
    private static let body = """
        {{#contact.plna}}Refund for {{contact.plna}}{{/contact.plna}} {{^contact.gone}}x{{/contact.gone}}
        {{contact.renews.date}} {{contact.name}} {{> p}} {{announcement.date}}
        """

    @Test func `every attribute of every language and form is known`() throws {
        let template = try CompiledTemplate(.sample(Self.body, front: Self.front, files: Self.files))
        #expect(
            template.attributes == [
                "plna", "gone", "renews", "part", "title", "short", "livello", "chat", "hook",
            ])
    }

    @Test func `those that nobody has are told once for each place, with the nearest`() throws {
        let template = try CompiledTemplate(.sample(Self.body, front: Self.front, files: Self.files))
        let found = template.findings(of: [
            UnknownAttribute("plna", nearest: "plan"), UnknownAttribute("part", nearest: nil),
            UnknownAttribute("renews", nearest: nil), UnknownAttribute("other", nearest: nil),
        ])
        #expect(
            found.map { "\($0.code.rawValue) \($0)" } == [
                "name-unknown t/message.md:8: no contact has contact.plna; did you mean contact.plan?",
                "name-unknown t/message.md:9: no contact has contact.renews",
                "name-unknown _partials/p.md:2: no contact has contact.part",
            ], "\(found)")
        #expect(template.findings(of: []) == [])
    }
}
