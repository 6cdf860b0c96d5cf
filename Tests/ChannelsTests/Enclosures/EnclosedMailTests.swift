import Broadcast
import Channels
import Foundation
import Templating
import Testing
import Wire

struct EnclosedMailTests {
    private static func mail(_ content: RenderedContent) throws -> MailRequest {
        try channel(SMTPChannel.self, MailTests.text).request(for: .sample(content: content)).mail
    }

    private static let image = Attachment(name: "banner.png", file: .banner)
    private static let file = Attachment(name: "terms.pdf", file: .terms)

    /// Enclosures, what the mail is made of, and the disposition of its parts.
    @Test(arguments: [
        (Enclosures(files: [file]), ["mixed", "alternative"], ["", "", "attachment"]),
        (Enclosures(image: image), ["related", "alternative"], ["", "", "inline"]),
        (
            Enclosures(image: image, files: [file, file]), ["mixed", "related", "alternative"],
            ["", "", "inline", "attachment", "attachment"]
        ),
    ])
    func `a mail has no more frames than its files need, and every byte of them`(
        enclosures: Enclosures, frames: [String], dispositions: [String]
    ) async throws {
        let mail = try Self.mail(.enclosing(enclosures))
        let read = try #require(try await ReadMail.reading([mail.whole]).first)
        #expect(read.defects == [])
        #expect(read.frames == frames.map { "multipart/\($0)" })
        #expect(read.parts.map { $0.disposition ?? "" } == dispositions)
        let files = read.parts.dropFirst(2)
        #expect(files.map { Array($0.bytes) } == enclosures.all.map { $0.file.content?.bytes ?? [] })
        #expect(files.map { $0.type } == enclosures.all.map(\.file.type))
        if let image = enclosures.image { #expect(files.first?.id == "<\(image.contentID)>") }
        #expect(mail.tail.allSatisfy { $0.suffix(2) == [0x0D, 0x0A] })
    }

    @Test func `a mail of text alone takes files as well, and a picture that no HTML shows is one`()
        async throws
    {
        var content = RenderedContent.enclosing(Enclosures(image: Self.image, files: [Self.file]))
        content.html = []
        var other = RenderedContent.enclosing(Enclosures(image: Self.image))
        other.html = Array("<p>no picture</p>".utf8)
        let read = try await ReadMail.reading([Self.mail(content).whole, Self.mail(other).whole])
        #expect(read.allSatisfy { $0.defects.isEmpty })
        #expect(
            read[0].frames == ["multipart/mixed"]
                && read[1].frames == ["multipart/mixed", "multipart/alternative"])
        #expect(read[0].parts.map { $0.disposition ?? "" } == ["", "attachment", "attachment"])
        #expect(read[1].parts.last?.disposition == "attachment")
    }

    @Test func `boundaries come from the delivery, and a file that looks like one cuts nothing off`()
        async throws
    {
        let key = "00112233445566778899aabbccddeeff"
        let hostile = ["=_\(key)", "=_mixed_\(key)", "=_related_\(key)"].map {
            "\r\n--\($0)--\r\n--\($0)\r\n"
        }.joined()
        let file = FrozenFile(Array(hostile.utf8), type: "text/plain")
        let content = RenderedContent.enclosing(
            Enclosures(image: Self.image, files: [Attachment(name: "x.txt", file: file)]), text: hostile)
        let (mail, again) = (try Self.mail(content), try Self.mail(content))
        #expect(mail.whole == again.whole)
        let read = try #require(try await ReadMail.reading([mail.whole]).first)
        #expect(read.defects == [] && read.parts.count == 4)
        #expect(read.parts.last.map { Array($0.bytes) } == Array(hostile.utf8))
    }

    @Test func `a file whose content was not read keeps the mail from being made`() throws {
        var file = FrozenFile.terms
        file.content = nil
        let content = RenderedContent.enclosing(
            Enclosures(files: [Attachment(name: "terms.pdf", file: file)]))
        #expect(throws: Fault.self) { try Self.mail(content) }
    }

    static let names: [String] = [
        "terms.pdf", "Überraschung.pdf", "日本語のファイル.pdf", "🎉 party 🎈.png", "a\"b.pdf", "a\\b.pdf", "a;b.pdf",
        "a'b.pdf", "a''b.pdf", "utf-8''x.pdf", "a%20b.pdf", "%41.pdf", "100 %.pdf", "a*b.pdf", "a*0*=x.pdf",
        "a=b.pdf",
        "=?utf-8?q?x?=.pdf", "=?utf-8?b?eA==?=", "a  b.pdf", "a,b.pdf", "(a).pdf", "<a>.pdf", "[a].pdf",
        "a:b.pdf",
        "a@b.pdf", "a?b.pdf", "a&b.pdf", "a|b.pdf", "$HOME.pdf", "`x`.pdf", "-rf.pdf", "~x.pdf", "a\tb.pdf",
        "a\r\nBcc: evil@example.org\r\n\r\nx.pdf", "a\u{0}b.pdf", "a\u{202E}fdp.exe", "a\u{200B}b.pdf",
        "a\u{7F}b.pdf",
        "e\u{301}.pdf", "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}.png", "\u{1F3F4}\u{E0067}\u{E007F}.png",
        "مستند.pdf", "מסמך.pdf", "документ.pdf", "文件.tar.gz", "\u{FEFF}bom.pdf", "ﬁle.pdf", "İi.pdf", "ß.pdf",
        String(repeating: "x", count: 300) + ".pdf", String(repeating: "é", count: 300) + ".pdf",
        String(repeating: "😀", count: 300) + ".pdf", String(repeating: "a b ", count: 80), "noending",
        "a.b.c.d",
        "..", ".", " ", "", "/etc/passwd", "C:\\Windows\\x.exe", "name=x.pdf", "filename*=utf-8''y.pdf",
    ]

    @Test func `hostile names come back from a strict parser as they are shown, and harm no header`()
        async throws
    {
        #expect(Self.names.count >= 50)
        let shown = Self.names.map(AttachmentName.of)
        let mails = try shown.map { name in
            try Self.mail(.enclosing(Enclosures(files: [Attachment(name: name, file: .terms)]))).whole
        }
        for (name, read) in zip(shown, try await ReadMail.reading(mails)) {
            #expect(read.defects == [], "\(name)")
            #expect(
                read.parts.count == 3 && read.parts.last?.name == name,
                "\(name): \(read.parts.last?.name ?? "")")
        }
        for mail in mails { #expect(!String(decoding: mail, as: UTF8.self).contains("\nBcc:")) }
    }
}
