import Broadcast
import Testing

@testable import Templating

struct FileTypeTests {
    @Test(arguments: [
        (Array("%PDF-1.4".utf8), "x", "application/pdf"), ([UInt8].png(2, 2), "x.jpg", "image/png"),
        ([0xFF, 0xD8, 0xFF, 0xE0], "x", "image/jpeg"), (Array("GIF87a".utf8), "x", "image/gif"),
        (Array("GIF89a".utf8), "x", "image/gif"), (Array("RIFF1234WEBP".utf8), "x", "image/webp"),
        (Array("RIFF1234WAVE".utf8), "x", "text/plain"), ([0x50, 0x4B, 3, 4, 0], "x.zip", "application/zip"),
        (
            [0x50, 0x4B, 3, 4, 0], "Brief.DOCX",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        ),
        ([0x50, 0x4B, 3, 4, 0], "x.exe", "application/zip"),
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "x.doc", "application/msword"),
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "x", "application/octet-stream"),
        (Array("BEGIN:VCALENDAR\r\n".utf8), "x.txt", "text/calendar"),
        ([0xEF, 0xBB, 0xBF] + Array("BEGIN:VCARD".utf8), "x", "text/vcard"),
        (Array("a,b\n".utf8), "x.csv", "text/csv"), (Array("grün".utf8), "x.bin", "text/plain"),
        (Array("<svg/>".utf8), "x.svg", "image/svg+xml"), (Array("{}".utf8), "x.json", "application/json"),
        (Array("<a/>".utf8), "x.xml", "application/xml"),
        (Array("{\\rtf1}".utf8), "x.rtf", "application/rtf"),
        ([0x50, 0x4B, 3, 4, 0], "x.pkpass", "application/vnd.apple.pkpass"),
        ([0xFF, 0xFE, 0x41, 0], "x.txt", "application/octet-stream"),
        ([0x4D, 0x5A, 0], "x.pdf", "application/octet-stream"),
        ([0x41, 0, 0x42], "x.txt", "application/octet-stream"),
    ])
    func `a file is what it holds, not what it is called`(bytes: [UInt8], name: String, type: String) {
        #expect(FileType.of(bytes, names: name) == type)
    }

    private static let jpeg: [UInt8] =
        [
            0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xFF, 0xDB, 0, 3, 0, 0xFF, 0xC2, 0, 17, 8, 1, 44, 2, 88,
            3,
        ]

    @Test(arguments: [
        ([UInt8].png(1200, 500), "image/png", 1200, 500),
        (Array("GIF89a".utf8) + [0x20, 3, 0x58, 2], "image/gif", 800, 600), (jpeg, "image/jpeg", 600, 300),
        (
            Array("RIFF....WEBPVP8X".utf8) + [10, 0, 0, 0, 0, 0, 0, 0, 0x7F, 2, 0, 0xDF, 1, 0], "image/webp",
            640, 480
        ),
        (
            Array("RIFF....WEBPVP8 ".utf8) + [0, 0, 0, 0, 0, 0, 0, 0x9D, 1, 0x2A, 0x40, 1, 0xF0, 0],
            "image/webp", 320,
            240
        ),
        (Array("RIFF....WEBPVP8L".utf8) + [0, 0, 0, 0, 0x2F, 0x3F, 0xC1, 0x3B, 0], "image/webp", 320, 240),
    ])
    func `a picture's size is read from its head`(bytes: [UInt8], type: String, width: Int, height: Int) {
        #expect(PictureHead.size(of: bytes, type: type) == PixelSize(width: width, height: height))
        for count in 0..<min(bytes.count, 28) {
            let cut = PictureHead.size(of: Array(bytes.prefix(count)), type: type)
            #expect(cut == nil || cut == PixelSize(width: width, height: height))
        }
    }

    @Test func `heads that lie are no pictures with a size`() {
        #expect(PictureHead.size(of: .png(0, 5), type: "image/png") == nil)
        #expect(
            PictureHead.size(of: [0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 0, 0, 0, 0, 0, 0], type: "image/jpeg") == nil)
        #expect(
            PictureHead.size(of: [0xFF, 0xD8] + Array(repeating: 0xFF, count: 50), type: "image/jpeg") == nil)
    }

    @Test(arguments: [
        ("files/terms.pdf", "terms.pdf"), ("../../etc/passwd", "passwd"), ("a\\b\\c.txt", "c.txt"),
        ("..", "attachment"), ("", "attachment"), (".hidden", "hidden"), ("a\u{202E}fdp.exe", "afdp.exe"),
        ("a\r\nBcc: x.pdf", "a Bcc: x.pdf"), ("  x.pdf ", "x.pdf"), ("trail. . ", "trail"),
        (String(repeating: "a", count: 300) + ".pdf", String(repeating: "a", count: 96) + ".pdf"),
        (String(repeating: "😀", count: 300) + ".pdf", String(repeating: "😀", count: 49) + ".pdf"),
        ("a" + String(repeating: "\u{301}", count: 300) + ".pdf", "attachment.pdf"),
        ("a.p" + String(repeating: "\u{301}", count: 300), "a"),
    ])
    func `a name is one harmless line that keeps its ending`(path: String, name: String) {
        #expect(AttachmentName.of(path) == name)
    }

    @Test(arguments: [
        ("Überblick 2026.pdf", "_berblick_2026.pdf"), ("日本", "attachment"), ("a\"b;c.pdf", "a_b_c.pdf"),
        (
            "General terms and conditions of business of Acme Incorporated.pdf",
            "General_terms_and_conditions_of_business_of_Acme_Incorpo.pdf"
        ),
        (String(repeating: "a", count: 61), String(repeating: "a", count: 60)),
    ])
    func `old programs get a name of plain ASCII`(name: String, plain: String) {
        #expect(AttachmentName.plain(name) == plain)
    }
}
