import Broadcast
import Testing

@testable import Templating

/// What stands in one line: subjects and short forms.
struct OneLineTests {
    private static let files = [
        "_partials/brand.txt": "Acme\n", "_partials/long.txt": "Acme\r\n  Support \t\n\n",
        "_partials/none.txt": "\n",
    ]

    /// A text, and what readers get whose plan is not known.
    @Test(arguments: [
        ("{{> brand}}: outage", "Acme: outage"), ("{{> brand}} {{> brand}}", "Acme Acme"),
        ("{{> long}}: outage", "Acme Support: outage"), ("a{{> none}}b", "ab"),
        ("Hello   {{contact.plan}}   you,   ok", "Hello you, ok"), ("{{contact.plan}} Hello", "Hello"),
        ("a{{#contact.plan}} {{.}}{{/contact.plan}} b", "a b"), ("a\u{A0}\u{A0}b", "a\u{A0}\u{A0}b"),
    ])
    func `a line stays one line, with one blank between two words`(text: String, expected: String) throws {
        let front =
            "subject: \"\(text)\"\nsms: \"\(text)\"\nvariables: {contact.plan: {description: x, default: ''}}\n"
        let template = try CompiledTemplate(.sample("b", front: front, files: Self.files))
        #expect(try template.text(.sms) == expected)
        for form in ContentForm.allCases {
            #expect(String(decoding: try template.rendered(form).title, as: UTF8.self) == expected)
        }
        let telegram = try template.text(.telegram)
        #expect(telegram.hasPrefix("<b>") && !telegram.prefix { $0 != "/" }.contains("\n"), "\(telegram)")
    }

    @Test func `the first paragraph is folded as an SMS, and the lines of a file of its own are not`() throws
    {
        let front = "variables: {contact.plan: {description: x, default: ''}}\n"
        let body = "We have looked  {{contact.plan}}  into it,  and   this   is what we found\nthere."
        let template = try CompiledTemplate(.sample(body, front: front))
        #expect(try template.text(.sms) == "We have looked into it, and this is what we found there.")
        let own = try CompiledTemplate(.sample(body, front: front, files: ["t/sms.txt": "a:   1\n\nb:  2\n"]))
        #expect(try own.text(.sms) == "a:   1\n\nb:  2")
    }
}
