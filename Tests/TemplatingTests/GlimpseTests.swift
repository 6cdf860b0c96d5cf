import Broadcast
import Testing

@testable import Templating

/// What mail programs show behind a subject.
struct GlimpseTests {
    private func glimpse(
        _ body: String, subject: String = "Hello", for contact: Contact = .sample()
    ) throws -> String {
        let files = ["layouts/email.html": "<i>{{preheader}}</i>{{{content}}}"]
        let content = FrozenContent.sample(body, front: "subject: \"\(subject)\"\n", files: files)
        let html = try CompiledTemplate(content).html(.email, for: contact)
        return String(html.dropFirst(3).prefix { $0 != "<" })
    }

    private static let words = (10...99).map { "w\($0)" }.joined(separator: " ")
    /// 99 characters: the last word ends at the hundredth for a text of one more.
    private static let fit = String(words.prefix(99))

    @Test(arguments: [
        ("one\n\ntwo", "one two"), ("\(fit) x", "\(fit)…"), (fit, fit), ("\(fit)9", "\(fit)9"),
        ("\(fit)9 x", "\(fit)9…"),
        ("\(fit)99", "\(String(words.prefix(95)))…"),
        ("\(String(words.prefix(95))), then more and more", "\(String(words.prefix(95)))…"),
        (String(repeating: "字", count: 120), String(repeating: "字", count: 99) + "…"),
        (String(repeating: "字", count: 100), String(repeating: "字", count: 100)),
        (String(repeating: "👩‍👩‍👧", count: 60), String(repeating: "👩‍👩‍👧", count: 19) + "…"),
        (String(repeating: "x", count: 300), String(repeating: "x", count: 99) + "…"),
        ("# One\n\ntwo\n\n## Three\n\nfour", "two four"), ("# One", "One"), ("- one\n- two", "- one - two"),
        ("We have\n\n- one\n- two", "We have - one - two"), ("[a](https://acme.example) `b`", "a b"),
        ("one\n\n    code\n\n<div>\n\n---\n\n> two", "one two"), ("    code", "code"),
        ("\(String(words.prefix(95))). then", "\(String(words.prefix(95)))."),
    ])
    func `it is the beginning of the text, cut at a word`(body: String, expected: String) throws {
        #expect(try glimpse(body) == expected)
    }

    @Test(arguments: [
        ("Hello", "Hello. We are back.", "We are back."),
        ("Hello", "Hello\n\nWe are back.", "Hello We are back."),
        ("Hello", "Hello Ada, hello", "Hello Ada, hello"), ("Hello", "Hello!", ""), ("Hello", "Hello", ""),
        ("Is it you?", "Is it you? Yes.", "Is it you? Yes."),
        ("{{contact.name}}: news", "{{contact.name}}: news: all", "all"),
        ("Back", "Backwards we go", "Backwards we go"), ("A & B", "A & B: both", "both"),
    ])
    func `it does not repeat the subject as a sentence of its own`(
        subject: String, body: String, expected: String
    ) throws {
        #expect(try glimpse(body, subject: subject, for: .sample(name: "A & B")) == expected)
    }

    @Test func `a value is cut like any other text, and no entity within itself`() throws {
        let long = Contact.sample(name: String(repeating: "<&> ", count: 30))
        let shown = try glimpse("Dear {{contact.name}}", for: long)
        #expect(shown == "Dear " + Array(repeating: "&lt;&amp;&gt;", count: 24).joined(separator: " ") + "…")
    }

    @Test(arguments: HostileValueTests.values)
    func `a value is shown as what it is`(value: String) throws {
        guard !CleanText.oneLine(value).isEmpty else { return }
        var escaped: [UInt8] = []
        escaped.append(CleanText.oneLine(value), as: .html)
        let shown = try glimpse("Dear {{contact.name}}.", for: .sample(name: value))
        #expect(shown == "Dear \(String(decoding: escaped, as: UTF8.self)).")
    }
}
