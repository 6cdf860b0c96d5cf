import Broadcast
import Templating

/// A mail's parts in their order: the text and its alternatives, the picture they show, the files behind them.
///
///     mixed ─┬─ related ─┬─ alternative ─┬─ text/plain
///            │           │               └─ text/html
///            │           └─ the picture, inline
///            └─ file, file, …
///
/// What would hold only one part is left out. Sources: https://www.rfc-editor.org/rfc/rfc2046 section 5.1,
/// https://www.rfc-editor.org/rfc/rfc2387, https://www.rfc-editor.org/rfc/rfc2392 (2026-11).
struct MIMEEnclosures {
    /// What the HTML shows.
    private let image: Attachment?
    private let files: [Attachment]
    private let key: String

    /// The enclosures of `content`, in a mail with the identity `key`.
    init(_ content: RenderedContent, key: String) {
        let showsImage = content.showsImage
        image = showsImage ? content.enclosures.image : nil
        files = showsImage ? content.enclosures.files : content.enclosures.all
        self.key = key
    }

    // No encoded line can hold "=_", so no part can hold a boundary; none is how another one begins.
    private var mixed: String { "=_mixed_\(key)" }
    private var related: String { "=_related_\(key)" }

    /// Appends the header field of the outermost part, and what stands before the one that the text is in, whose
    /// field is `inner`.
    func open(around inner: [UInt8], to bytes: inout [UInt8]) {
        let outer = [
            files.isEmpty ? nil : Self.field("mixed", mixed, nil),
            image == nil ? nil : Self.field("related", related, "multipart/alternative"),
        ].compactMap(\.self)
        let boundaries = [files.isEmpty ? nil : mixed, image == nil ? nil : related].compactMap(\.self)
        for (field, boundary) in zip(outer, boundaries) {
            bytes += field
            bytes += Array("\r\n--\(boundary)\r\n".utf8)
        }
        bytes += inner
    }

    /// What follows the text: heads of parts and closing lines, and between them the files, once for all mails.
    var tail: [[UInt8]] {
        var tail: [[UInt8]] = []
        var lines: [UInt8] = []
        func append(_ attachment: Attachment, _ boundary: String, _ head: [UInt8]) {
            lines += Array("--\(boundary)\r\n".utf8) + head
            tail += [lines, attachment.file.content?.base64 ?? []]
            lines = []
        }
        if let image {
            append(image, related, Self.head(of: image, isInline: true))
            lines = Array("--\(related)--\r\n".utf8)
        }
        for file in files { append(file, mixed, Self.head(of: file, isInline: false)) }
        if !files.isEmpty { lines += Array("--\(mixed)--\r\n".utf8) }
        return tail + [lines]
    }

    private static func field(_ kind: String, _ boundary: String, _ type: String?) -> [UInt8] {
        var writer = HeaderWriter()
        let types = type.map { ["type=\"\($0)\";"] } ?? []
        writer.words("Content-Type", ["multipart/\(kind);"] + types + ["boundary=\"\(boundary)\""])
        return writer.written()
    }

    private static func head(of attachment: Attachment, isInline: Bool) -> [UInt8] {
        var writer = HeaderWriter()
        let type = attachment.file.type
        let charset = type.hasPrefix("text/") ? ["charset=utf-8;"] : []
        // Old programs look for a name here, and know no other alphabet.
        let plain = "name=\"\(AttachmentName.plain(attachment.name))\""
        writer.words("Content-Type", ["\(type);"] + charset + [plain])
        writer.plain("Content-Transfer-Encoding", "base64")
        if isInline { writer.plain("Content-ID", "<\(attachment.contentID)>") }
        let names = FileParameter.words("filename", attachment.name)
        writer.words("Content-Disposition", [isInline ? "inline;" : "attachment;"] + names)
        return writer.written() + [0x0D, 0x0A]
    }
}
