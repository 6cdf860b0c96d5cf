import Broadcast
import Foundation
import Templating

/// Composes one RFC 5322 message: text, then HTML, then what is enclosed, with CRLF line ends only.
///
/// Sources: https://www.rfc-editor.org/rfc/rfc5322, https://www.rfc-editor.org/rfc/rfc2046 section 5.1.4,
/// https://www.rfc-editor.org/rfc/rfc2369, https://www.rfc-editor.org/rfc/rfc3834 (2026-11).
struct MIMEComposer: Sendable {
    private let domain: String
    private let unsubscribe: String
    private let dates = StampCache(.mail)
    /// The fields that no delivery changes.
    private let constantFields: [UInt8]
    private let replyField: [UInt8]

    /// `unsubscribe` is the `mailto:` or `https:` URL that marketing carries.
    init(from: Mailbox, replyTo: Mailbox?, unsubscribe: String) {
        self.domain = from.domain
        self.unsubscribe = unsubscribe
        var writer = HeaderWriter()
        writer.mailbox("From", displayName: Array(from.name.utf8), address: from.address.value)
        writer.plain("MIME-Version", "1.0")
        writer.plain("Auto-Submitted", "auto-generated")
        constantFields = writer.written()
        replyField = replyTo.map(Self.replyField) ?? []
    }

    /// The message that hands `delivery` to the mailbox at `address`, and what follows it of its files.
    func message(for delivery: OutboundDelivery, to address: Address) -> (message: [UInt8], tail: [[UInt8]]) {
        var bytes = head(of: delivery, to: address)
        guard !delivery.content.enclosures.isEmpty else {
            Self.append(delivery.content, delivery.key, to: &bytes)
            return (bytes, [])
        }
        let enclosures = MIMEEnclosures(delivery.content, key: delivery.key)
        var text: [UInt8] = []
        Self.append(delivery.content, delivery.key, to: &text)
        enclosures.open(around: text, to: &bytes)
        return (bytes, enclosures.tail)
    }

    /// All header fields but those of the content.
    private func head(of delivery: OutboundDelivery, to address: Address) -> [UInt8] {
        let content = delivery.content
        var writer = HeaderWriter(reserving: 1200 + (content.text.count + content.html.count) * 3 / 2)
        writer.fields(constantFields)
        writer.fields(overridingReply(of: delivery) ?? replyField)
        writer.plain("Date", dates.text(delivery.announcedAt))
        writer.plain("Message-ID", "<\(delivery.key)@\(domain)>")
        writer.mailbox("To", displayName: Self.displayName(delivery.contact), address: address.value)
        writer.text("Subject", content.title)
        if !content.locale.isEmpty, content.locale.utf8.allSatisfy(Self.isTagByte) {
            writer.plain("Content-Language", content.locale)
        }
        if delivery.purpose == .marketing { writer.words("List-Unsubscribe", ["<\(unsubscribe)>"]) }
        return writer.written()
    }

    /// The text, and the HTML beside it: their header fields first.
    private static func append(_ content: RenderedContent, _ key: String, to bytes: inout [UInt8]) {
        guard !content.html.isEmpty else { return appendPart(content.text, type: "plain", to: &bytes) }
        // No encoded line can hold "=_", so no part can hold the boundary.
        let boundary = "=_\(key)"
        var writer = HeaderWriter()
        writer.words("Content-Type", ["multipart/alternative;", "boundary=\"\(boundary)\""])
        bytes += writer.written()
        bytes += [0x0D, 0x0A]
        for (type, part) in [("plain", content.text), ("html", content.html)] {
            bytes += Array("--\(boundary)\r\n".utf8)
            appendPart(part, type: type, to: &bytes)
        }
        bytes += Array("--\(boundary)--\r\n".utf8)
    }

    /// The fields and the encoded text of one part, in whichever encoding is shorter.
    private static func appendPart(_ text: [UInt8], type: String, to bytes: inout [UInt8]) {
        let isBase64 = QuotedPrintable.specials(in: text) * 6 > text.count
        bytes += Array("Content-Type: text/\(type); charset=utf-8\r\n".utf8)
        bytes += Array("Content-Transfer-Encoding: \(isBase64 ? "base64" : "quoted-printable")\r\n\r\n".utf8)
        guard isBase64 else { return QuotedPrintable.append(text, to: &bytes) }
        let lines = Data(crlf(text)).base64EncodedData(options: [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
        bytes += lines
        bytes += [0x0D, 0x0A]
    }

    /// In base64 the line ends are part of the text: CRLF, as text/* demands.
    private static func crlf(_ text: [UInt8]) -> [UInt8] {
        var lines: [UInt8] = []
        lines.reserveCapacity(text.count + text.count / 32)
        for byte in text {
            if byte == 0x0A { lines.append(0x0D) }
            lines.append(byte)
        }
        return lines
    }

    /// An announcement's own reply address stands above the channel's, unless it is no mailbox.
    private func overridingReply(of delivery: OutboundDelivery) -> [UInt8]? {
        guard let text = delivery.replyTo, let mailbox = try? Mailbox(parsing: text) else { return nil }
        return Self.replyField(mailbox)
    }

    private static func replyField(_ mailbox: Mailbox) -> [UInt8] {
        var writer = HeaderWriter()
        writer.mailbox("Reply-To", displayName: Array(mailbox.name.utf8), address: mailbox.address.value)
        return writer.written()
    }

    /// A name that is longer than any person's is cut: it is only decoration.
    private static func displayName(_ contact: Contact?) -> [UInt8] {
        let name = CleanText.oneLine(contact?.name ?? "")
        guard name.utf8.count > 120 else { return Array(name.utf8) }
        return Array(String(String.UnicodeScalarView(name.unicodeScalars.prefix(80))).utf8)
    }

    private static func isTagByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
