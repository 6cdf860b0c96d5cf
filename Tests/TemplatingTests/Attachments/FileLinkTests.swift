import Broadcast
import Testing

@testable import Templating

/// Links to files where no file goes.
struct FileLinkTests {
    private static let page = "https://www.acme.example/n/1"
    private static let terms = "https://www.acme.example/terms"

    private func template(_ front: String, text: String = "Text.") throws -> CompiledTemplate {
        let files = try AttachmentFolder(
            front, files: ["a.pdf": .pdf, "b.pdf": .pdf],
            more: ["t/message.md": "---\nsubject: S\npurpose: service\n\(front)\n---\n\(text)\n"])
        return try CompiledTemplate(try files.content())
    }

    @Test(
        arguments: [
            (ContentForm.telegram, ContentLimits(characters: 300, overflow: .cutWithLink)),
            (.webhook, ContentLimits(characters: 300, overflow: .cutWithLink)),
            (.webhook, ContentLimits(bytes: 1_000, overflow: .cutWithLink)),
            (.sms, ContentLimits(segments: 2, overflow: .cutWithLink)),
        ])
    func `a text is cut in front of the links to its files`(form: ContentForm, limits: ContentLimits) throws {
        let long = Array(repeating: "A sentence &amp; no more.", count: 60).joined(separator: " ")
        let front = "attachments: [{file: a.pdf, url: '\(Self.terms)'}]"
        let template = try template("sms: '\(long)'\n\(front)", text: long)
        let whole = try template.render(form, for: .sample(), announcement: .sample)
        let cut = try whole.fitted(to: limits, page: Self.page) { $0.text.count + $0.html.count }
        let text = String(decoding: cut.content.text, as: UTF8.self)
        #expect(cut.isCut && (text.contains("… \(Self.page)") || text.contains("... \(Self.page)")))
        let link =
            switch form {
            case .telegram: "\n\n<a href=\"\(Self.terms)\">a.pdf</a>"
            case .sms: " \(Self.terms)"
            default: "\n\na.pdf: \(Self.terms)"
            }
        #expect(text.hasSuffix("\(Self.page)\(link)"), "\(text)")
        // As much of the text as there is room for.
        #expect(text.count > 180)
        if let most = limits.characters { #expect(TelegramMarkup.length(of: cut.content.text) <= most) }
        if form == .webhook {
            let html = String(decoding: cut.content.html, as: UTF8.self)
            #expect(html.hasSuffix("</p>\n<p><a href=\"\(Self.terms)\">a.pdf</a></p>\n"))
        }
    }

    @Test func `a link that stood in what is cut off stands behind it`() throws {
        let front = "attachments: [{file: a.pdf, url: '\(Self.terms)'}]"
        let long = Array(repeating: "A sentence.", count: 60).joined(separator: " ")
        let template = try template(front, text: "\(long) See \(Self.terms)")
        let whole = try template.render(.telegram, for: .sample(), announcement: .sample)
        let limits = ContentLimits(characters: 300, overflow: .cutWithLink)
        let cut = try whole.fitted(to: limits, page: Self.page)
        #expect(
            String(decoding: cut.content.text, as: UTF8.self).hasSuffix(
                "\n\n<a href=\"\(Self.terms)\">a.pdf</a>"))
    }

    @Test(arguments: [
        ("See \(terms)", true), ("See \(terms).", true), ("(\(terms))", true), ("\(terms), and more", true),
        ("[Our terms](\(terms))", true), ("<\(terms)>", true),
        ("See \(terms).pdf", false), ("See \(terms)-of-2025/old", false), ("See \(terms)/x", false),
        ("See \(terms)?a=1", false), ("See https://x.example/?to=\(terms)", false),
    ])
    func `only the link itself counts as said`(text: String, isSaid: Bool) throws {
        let template = try template("attachments: [{file: a.pdf, url: '\(Self.terms)'}]", text: text)
        #expect(try template.text(.telegram).hasSuffix(">a.pdf</a>") == !isSaid)
        #expect(try template.text(.webhook).hasSuffix("\n\na.pdf: \(Self.terms)") == !isSaid)
    }

    @Test func `each of two files is told, though one link begins the other or is the same`() throws {
        for second in [Self.terms, "\(Self.terms).pdf"] {
            let front =
                "attachments: [{file: a.pdf, url: '\(second)'}, {file: b.pdf, url: '\(Self.terms)'}]"
            let template = try template(front)
            #expect(
                try template.text(.webhook).hasSuffix("a.pdf: \(second)\n\nb.pdf: \(Self.terms)"))
            #expect(try template.text(.telegram).hasSuffix(">b.pdf</a>"))
        }
        let both =
            "attachments: [{file: a.pdf, url: '\(Self.terms).pdf'}, {file: b.pdf, url: '\(Self.terms)'}]"
        #expect(try template("sms: Hi\n\(both)").text(.sms) == "Hi \(Self.terms).pdf \(Self.terms)")
        let same = "attachments: [{file: a.pdf, url: '\(Self.terms)'}, {file: b.pdf, url: '\(Self.terms)'}]"
        #expect(try template("sms: Hi\n\(same)").text(.sms) == "Hi \(Self.terms)")
    }
}
