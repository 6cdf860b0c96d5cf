import Broadcast
import Channels
import Foundation
import Templating
import TestPeers
import Testing
import Wire

extension FrozenFile {
    static let terms = FrozenFile(Array("%PDF-1.7\n".utf8) + pattern(5_000), type: "application/pdf")
    static let banner = FrozenFile(
        pattern(9_001), type: "image/png", pixels: PixelSize(width: 1200, height: 500))

    /// Bytes of every value; none of them by chance.
    static func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 * 31 % 257 & 255) } }
}

extension RenderedContent {
    /// A message in `form` with these files; a mail shows the picture.
    static func enclosing(
        _ enclosures: Enclosures, _ form: ContentForm = .email, text: String = "Ciao.\n"
    ) -> RenderedContent {
        let shown = enclosures.image.map { "<img src=\"cid:\($0.contentID)\">" } ?? ""
        var content = RenderedContent.sample(
            form, text: text, html: form == .email ? "<p>\(shown)Ciao.</p>\n" : "")
        content.enclosures = enclosures
        return content
    }
}

extension MailRequest {
    /// All of it, as it travels.
    var whole: [UInt8] { tail.reduce(message, +) }
}

/// What Python's strict parser finds in mails.
struct ReadMail: Decodable {
    struct Part: Decodable {
        let type: String
        let disposition: String?
        let name: String?
        let id: String?
        let bytes: Data
    }

    let defects: [String]
    /// The types of what holds parts, outermost first.
    let frames: [String]
    let parts: [Part]

    static func reading(_ mails: [[UInt8]]) async throws -> [ReadMail] {
        let scratch = try ScratchDirectory()
        let (input, output) = (scratch.file("mails"), scratch.file("read"))
        try JSONEncoder().encode(mails.map { Data($0) }).write(to: URL(filePath: input))
        try Data().write(to: URL(filePath: output))
        let process = try ChildProcess(
            ["/usr/bin/python3", "-c", script], input: try FileHandle(forReadingFrom: URL(filePath: input)),
            output: try FileHandle(forWritingTo: URL(filePath: output)))
        try #require(await process.end() == 0)
        return try JSONDecoder().decode([ReadMail].self, from: Data(contentsOf: URL(filePath: output)))
    }

    private static let script = #"""
        import base64, email, email.policy, json, sys
        found = []
        for text in json.load(sys.stdin):
            raw = base64.b64decode(text)
            message = email.message_from_bytes(raw, policy=email.policy.SMTP)
            defects = [] if all(len(line) <= 78 for line in raw.split(b"\r\n")) else ["a long line"]
            defects += [] if raw.count(b"\r") == raw.count(b"\n") == raw.count(b"\r\n") else ["a lone CR or LF"]
            for part in message.walk():
                defects += [repr(d) for d in part.defects]
                for name, value in part.items():
                    defects += [name + ": " + repr(d) for d in value.defects]
            parts = [p for p in message.walk() if not p.is_multipart()]
            found.append({
                "defects": defects, "frames": [p.get_content_type() for p in message.walk() if p.is_multipart()],
                "parts": [{"type": p.get_content_type(), "disposition": p.get_content_disposition(),
                           "name": p.get_filename(), "id": p["Content-ID"],
                           "bytes": base64.b64encode(p.get_payload(decode=True)).decode()} for p in parts]})
        json.dump(found, sys.stdout)
        """#
}
