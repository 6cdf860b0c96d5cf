internal import Foundation
internal import Synchronization

/// A file that goes with an announcement, frozen with it and known by its content.
public struct FrozenFile: Sendable, Hashable, Codable {
    /// Of its content: 64 lower-case hexadecimal digits.
    public let sha256: String
    /// How many bytes it holds.
    public let size: Int
    /// Its media type, such as `application/pdf`.
    public let type: String
    /// How large a picture is; nil for all else.
    public let pixels: PixelSize?
    /// Nil where only its facts are read: whoever sends it needs the content as well.
    public var content: FileContent?

    private enum CodingKeys: String, CodingKey { case sha256, size = "bytes", type, pixels }

    /// Freezes `bytes`.
    public init(_ bytes: [UInt8], type: String, pixels: PixelSize? = nil) {
        sha256 = SHA256Stream.hex(of: bytes)
        size = bytes.count
        self.type = type
        self.pixels = pixels
        content = FileContent(bytes)
    }

    /// Two are equal when they hold the same and say it is the same, read or not.
    public static func == (left: FrozenFile, right: FrozenFile) -> Bool {
        left.sha256 == right.sha256 && left.size == right.size && left.type == right.type
    }

    /// Hashes the digest of its content.
    public func hash(into hasher: inout Hasher) { hasher.combine(sha256) }
}

/// How large a picture is.
public struct PixelSize: Sendable, Hashable, Codable {
    /// Both are at least 1.
    public let width, height: Int

    /// Nil unless both are at least 1.
    public init?(width: Int, height: Int) {
        guard width > 0, height > 0 else { return nil }
        (self.width, self.height) = (width, height)
    }
}

/// The bytes of a file, held once however many messages they go into.
public final class FileContent: Sendable {
    /// As they are.
    public let bytes: [UInt8]
    private let encoded = Mutex<[UInt8]?>(nil)

    /// Holds `bytes`.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Base64 in lines of 76 columns, each ended by CRLF; made when it is first asked for, and kept.
    ///
    /// Source: https://www.rfc-editor.org/rfc/rfc2045 section 6.8 (2026-11).
    public var base64: [UInt8] {
        encoded.withLock { encoded in
            if let encoded { return encoded }
            let lines = Data(bytes).base64EncodedData(options: [
                .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
            ])
            let made = Array(lines) + (lines.isEmpty ? [] : [0x0D, 0x0A])
            encoded = made
            return made
        }
    }
}
