import Broadcast
import Templating
import Wire

/// A picture with its caption, as Telegram takes it: `sendPhoto`.
///
/// Source: https://core.telegram.org/bots/api#sendphoto, https://core.telegram.org/bots/api#sending-files (2026-11).
enum TelegramPhoto {
    /// Bytes of one photo that is uploaded.
    private static let maxBytes = 10_000_000
    /// Width and height together.
    private static let maxPixels = 10_000
    /// Of the longer side to the shorter.
    private static let maxRatio = 20
    /// What Telegram shows as a photo; of a GIF that moves it makes something else.
    private static let types: Set<String> = ["image/jpeg", "image/png", "image/webp"]

    /// Why `file` does not go along with `text`; nil when it does.
    static func refusal(of file: FrozenFile, below text: [UInt8]) -> String? {
        let most = ContentLimits.telegramCaption
        if text.count > most {
            let length = TelegramMarkup.length(of: text)
            if length > most {
                let (found, limit) = (CountText.grouped(length), CountText.grouped(most))
                return "the text has \(found) characters, and below a photo stand at most \(limit)"
            }
        }
        guard types.contains(file.type) else { return "Telegram shows no \(file.type) as a photo" }
        guard file.size <= maxBytes else {
            return "a photo there holds at most \(CountText.grouped(maxBytes)) bytes"
        }
        guard let pixels = file.pixels else { return "its size in pixels cannot be read" }
        guard pixels.width + pixels.height <= maxPixels else {
            return "width and height come to more than \(CountText.grouped(maxPixels)) pixels"
        }
        let (short, long) = (min(pixels.width, pixels.height), max(pixels.width, pixels.height))
        return long > maxRatio * short ? "it is more than \(maxRatio) times as long as wide" : nil
    }

    /// The body of `sendPhoto` to `chat`; the photo is a piece of its own, which all requests share.
    static func body(
        to chat: [UInt8], _ image: Attachment, caption: [UInt8], key: String
    ) -> (type: String, body: [UInt8], tail: [[UInt8]]) {
        // It is drawn with a secret: nobody can write it into a text or a picture beforehand.
        let boundary = "tocsin-\(key)"
        var body: [UInt8] = []
        for (name, value) in [("chat_id", chat), ("parse_mode", Array("HTML".utf8)), ("caption", caption)] {
            body += Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n".utf8)
            body += value
            body += [0x0D, 0x0A]
        }
        let head = """
            --\(boundary)\r\nContent-Disposition: form-data; name="photo"; \
            filename="\(AttachmentName.plain(image.name))"\r\nContent-Type: \(image.file.type)\r\n\r\n
            """
        body += Array(head.utf8)
        return (
            "multipart/form-data; boundary=\(boundary)", body,
            [image.file.content?.bytes ?? [], Array("\r\n--\(boundary)--\r\n".utf8)]
        )
    }
}
