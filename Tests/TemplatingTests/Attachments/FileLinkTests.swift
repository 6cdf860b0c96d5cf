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

    /// Words of the first form, then how many of three links are left at a limit.
    @Test(arguments: [
        (ContentForm.webhook, ContentLimits(characters: 700, overflow: .cutWithLink), 3),
        (.webhook, ContentLimits(characters: 400, overflow: .cutWithLink), 1),
        (.webhook, ContentLimits(characters: 200, overflow: .cutWithLink), 0),
        (.webhook, ContentLimits(bytes: 160, overflow: .cutWithLink), 0),
        (.telegram, ContentLimits(characters: 160, overflow: .cutWithLink), 3),
        (.telegram, ContentLimits(characters: 50, overflow: .cutWithLink), 0),
        (.sms, ContentLimits(segments: 4, overflow: .cutWithLink), 2),
        (.sms, ContentLimits(segments: 1, overflow: .cutWithLink), 0),
    ])
    func `links to files are given up before words are`(form: ContentForm, limits: ContentLimits, left: Int)
        throws
    {
        let long = Array(repeating: "A sentence &amp; no more.", count: 60).joined(separator: " ")
        let links = (1...3).map { "https://www.acme.example/\(String(repeating: "terms-", count: 11))\($0)" }
        let files = links.enumerated().map { "{file: a.pdf, name: n\($0).pdf, url: '\($1)'}" }
        let template = try template(
            "sms: '\(long)'\nattachments: [\(files.joined(separator: ", "))]", text: long)
        let whole = try template.render(form, for: .sample(), announcement: .sample)
        let cut = try whole.fitted(to: limits, page: Self.page) { $0.text.count }
        let text = String(decoding: cut.content.text, as: UTF8.self)
        #expect(cut.isCut && text.contains(Self.page) && text.contains("A sentence"), "\(text)")
        #expect(links.map(text.contains) == (0..<3).map { $0 < left }, "\(text)")
    }

    /// A limit that the text keeps without its links, and how many of three then stand behind it.
    @Test(arguments: [
        (ContentForm.telegram, ContentLimits(characters: 30, overflow: .cutWithLink), 1),
        (.telegram, ContentLimits(characters: 20, overflow: .cutWithLink), 0),
        (.webhook, ContentLimits(characters: 140, overflow: .cutWithLink), 2),
        (.webhook, ContentLimits(characters: 16, overflow: .cutWithLink), 0),
        (.webhook, ContentLimits(bytes: 220, overflow: .cutWithLink), 1),
        (.sms, ContentLimits(segments: 1, overflow: .cutWithLink), 2),
    ])
    func `a text that fits without links to its files goes whole`(
        form: ContentForm, limits: ContentLimits, left: Int
    ) throws {
        let links = (1...3).map { "https://www.acme.example/\(String(repeating: "terms-", count: 4))\($0)" }
        let files = links.enumerated().map { "{file: a.pdf, name: n\($0).pdf, url: '\($1)'}" }
        let template = try template(
            "sms: All of it here.\nattachments: [\(files.joined(separator: ", "))]", text: "All of it here.")
        let whole = try template.render(form, for: .sample(), announcement: .sample)
        let fitted = try whole.fitted(to: limits, page: Self.page) { $0.text.count + $0.html.count }
        let text = String(decoding: fitted.content.text, as: UTF8.self)
        #expect(!fitted.isCut && text.contains("All of it here.") && !text.contains(Self.page), "\(text)")
        #expect(links.map(text.contains) == (0..<3).map { $0 < left }, "\(text)")
        let html = String(decoding: fitted.content.html, as: UTF8.self)
        if form == .webhook {
            #expect(html.hasPrefix("<p>All of it here.</p>\n"), "\(html)")
            #expect(links.map(html.contains) == (0..<3).map { $0 < left }, "\(html)")
        }
        // Whoever wants nothing left out is told.
        var strict = limits
        strict.overflow = .refuse
        #expect(throws: RenderProblem.self) {
            try whole.fitted(to: strict, page: Self.page) { $0.text.count + $0.html.count }
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
        ("[Our terms](\(terms))", true), ("<\(terms)>", true), ("See \(terms)…", true),
        ("„\(terms)”", true), ("请看\(terms)。", true), ("\(terms)\u{A0}now", true),
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
