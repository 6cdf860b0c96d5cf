import Broadcast
import Testing

@testable import Templating

/// Every construct of CommonMark in every form.
///
/// `Golden/Constructs` has a file for each: the Markdown, and what becomes of it. A new one is a file with its
/// Markdown only, which a run with `TOCSIN_WRITE_GOLDEN=1` completes.
struct ConstructTests {
    private static let folder = "Constructs"
    static let names: [String] = (try? Golden.names(in: folder)) ?? []

    private static let files = [
        "layouts/email.html": "preheader: {{preheader}}\n\n{{{content}}}",
        "t/webhook.json": #"{"title": "{{title}}", "text": "{{text}}", "html": "{{html}}"}"#,
    ]
    private static let reader = Contact.sample(name: "Zoë <b> & *R*", attributes: ["plan": "A&B [c](d)"])

    /// The message of a golden file.
    private static func message(of name: String) throws -> String {
        let text = try Golden.text(of: "\(folder)/\(name)")
        let sections = text.split(separator: "== message.md\n", maxSplits: 1)
        return String(try #require(sections.first).split(separator: "\n== ", maxSplits: 1)[0])
    }

    private static func template(_ message: String) throws -> CompiledTemplate {
        guard message.hasPrefix("---\nsubject:") else {
            return try CompiledTemplate(.sample(message, files: files))
        }
        return try CompiledTemplate(
            .sample("", files: files.merging(["t/message.md": message]) { $1 }))
    }

    @Test func `there is a file for every construct`() {
        #expect(Self.names.count >= 35)
    }

    @Test(arguments: names)
    func `a construct reads as its golden file has it`(name: String) throws {
        let message = try Self.message(of: name)
        let template = try Self.template(message)
        let mail = try template.rendered(.email, for: Self.reader)
        let sections = [
            ("message.md", message),
            ("warnings", template.warnings.map(\.description).joined(separator: "\n")),
            ("mail, text", String(decoding: mail.text, as: UTF8.self)),
            ("mail, HTML", String(decoding: mail.html, as: UTF8.self)),
            ("SMS", try template.text(.sms, for: Self.reader)),
            ("Telegram", try template.text(.telegram, for: Self.reader)),
            ("webhook", try template.rendered(.webhook, for: Self.reader).json?.pretty ?? ""),
        ]
        let shown = sections.filter { !$0.1.isEmpty }.map { name, text in
            "== \(name)\n\(text)\(text.hasSuffix("\n") ? "" : "\n")"
        }
        try Golden.compare(shown.joined(separator: "\n"), with: "\(Self.folder)/\(name)")
    }

    @Test(arguments: names)
    func `a construct is markup that its readers' programs take`(name: String) throws {
        let template = try Self.template(try Self.message(of: name))
        let telegram = try template.text(.telegram, for: Self.reader)
        #expect(TelegramRules.problems(in: telegram) == [])
        let html = try template.html(.email, for: Self.reader)
        #expect(Tags.problems(in: html) == [])
        #expect(Tags.problems(in: try template.html(.webhook, for: Self.reader)) == [])
    }
}
