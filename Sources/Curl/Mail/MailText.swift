import CCurl
import Glibc

/// A message as it stands between DATA and the next command.
enum MailText {
    private static let end: [UInt8] = [0x2E, 0x0D, 0x0A]

    /// `message` and what follows it with dots doubled at line starts, and the final dot; nil when a CR or LF stands
    /// alone in any of them.
    ///
    /// A piece that needs no change stays the one that other mails share.
    static func stuffed(_ message: [UInt8], _ tail: [[UInt8]]) -> [[UInt8]]? {
        // One write for what is one piece.
        if tail.isEmpty { return stuffed(message, ending: end).map { [$0] } }
        var pieces: [[UInt8]] = []
        for piece in [message] + tail {
            guard let text = stuffed(piece, ending: []) else { return nil }
            pieces.append(text)
        }
        return pieces + [end]
    }

    /// `message` with dots doubled at line starts, and `ending`; nil when a CR or LF stands alone.
    ///
    /// A lone LF before a dot ends the message at lax relays, and lets what follows pass as another one.
    /// Source: RFC 5321, 2.3.8 and 4.5.2.
    private static func stuffed(_ message: [UInt8], ending: [UInt8]) -> [UInt8]? {
        unsafe message.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return nil }
            var result: [UInt8] = []
            if !ending.isEmpty { result.reserveCapacity(bytes.count + 64) }
            var (copied, lineStart, lines) = (0, 0, 0)
            while lineStart < bytes.count {
                if unsafe bytes[lineStart] == 0x2E {
                    unsafe result.append(contentsOf: bytes[copied...lineStart])
                    copied = lineStart
                }
                guard let feed = unsafe memchr(start + lineStart, 0x0A, bytes.count - lineStart) else {
                    break
                }
                let position = unsafe UnsafeRawPointer(feed) - start
                guard position > 0, unsafe bytes[position - 1] == 0x0D else { return nil }
                lines += 1
                lineStart = position + 1
            }
            guard unsafe count(of: 0x0D, in: bytes) == lines else { return nil }
            if result.isEmpty, ending.isEmpty { return message }
            unsafe result.append(contentsOf: bytes[copied...])
            result += ending
            return result
        }
    }

    private static func count(of byte: Int32, in bytes: UnsafeRawBufferPointer) -> Int {
        guard let start = bytes.baseAddress else { return 0 }
        var (found, position) = (0, 0)
        while position < bytes.count, let hit = unsafe memchr(start + position, byte, bytes.count - position)
        {
            found += 1
            position = unsafe UnsafeRawPointer(hit) - start + 1
        }
        return found
    }
}
