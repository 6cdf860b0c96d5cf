import Broadcast

/// How large a picture is, read from its head.
///
/// Sources: https://www.w3.org/TR/png-3/#11IHDR, https://www.w3.org/Graphics/GIF/spec-gif89a.txt section 18,
/// https://www.w3.org/Graphics/JPEG/itu-t81.pdf B.2.2,
/// https://datatracker.ietf.org/doc/html/rfc9649 section 2 (2026-11).
struct PictureHead {
    private let bytes: [UInt8]

    /// The size of the picture that `bytes` of `type` hold; nil for one that cannot be read, and for all else.
    static func size(of bytes: [UInt8], type: String) -> PixelSize? {
        let head = PictureHead(bytes: bytes)
        return switch type {
        case "image/png": head.png
        case "image/gif": head.gif
        case "image/jpeg": head.jpeg
        case "image/webp": head.webp
        default: nil
        }
    }

    private var png: PixelSize? {
        guard holds("IHDR", at: 12), let width = number(16, 4), let height = number(20, 4) else { return nil }
        return PixelSize(width: width, height: height)
    }

    private var gif: PixelSize? {
        guard let width = little(6, 2), let height = little(8, 2) else { return nil }
        return PixelSize(width: width, height: height)
    }

    /// Segment after segment up to the frame's.
    private var jpeg: PixelSize? {
        var place = 2
        while place + 9 <= bytes.count {
            guard bytes[place] == 0xFF else { return nil }
            let marker = bytes[place + 1]
            switch marker {
            // Fill bytes and markers without a segment.
            case 0xFF: place += 1
            case 0x01, 0xD0...0xD7: place += 2
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                guard let height = number(place + 5, 2), let width = number(place + 7, 2) else { return nil }
                return PixelSize(width: width, height: height)
            default:
                guard let length = number(place + 2, 2), length >= 2 else { return nil }
                place += 2 + length
            }
        }
        return nil
    }

    private var webp: PixelSize? {
        if holds("VP8 ", at: 12), let width = little(26, 2), let height = little(28, 2) {
            return PixelSize(width: width & 0x3FFF, height: height & 0x3FFF)
        }
        if holds("VP8L", at: 12), let bits = little(21, 4) {
            return PixelSize(width: 1 + (bits & 0x3FFF), height: 1 + (bits >> 14 & 0x3FFF))
        }
        if holds("VP8X", at: 12), let width = little(24, 3), let height = little(27, 3) {
            return PixelSize(width: 1 + width, height: 1 + height)
        }
        return nil
    }

    private func holds(_ mark: String, at offset: Int) -> Bool {
        bytes.dropFirst(offset).starts(with: mark.utf8)
    }

    /// So many bytes as a number, the highest first.
    private func number(_ offset: Int, _ count: Int) -> Int? {
        guard offset + count <= bytes.count else { return nil }
        return bytes[offset..<offset + count].reduce(0) { $0 << 8 | Int($1) }
    }

    /// The same, the lowest first.
    private func little(_ offset: Int, _ count: Int) -> Int? {
        guard offset + count <= bytes.count else { return nil }
        return bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
