import CCurl
import Wire

/// Cuts what a mail server says into replies.
struct MailReplyReader {
    /// One whole reply, of one line or several.
    struct Reply: Equatable {
        var code: Int
        /// What follows the code in each line, joined with blanks.
        var text: [UInt8]
    }

    /// What the bytes so far amount to.
    enum Finding: Equatable {
        case incomplete
        case reply(Reply)
        /// No SMTP, or more of it than any reply needs.
        case nonsense
    }

    /// Bytes of one reply after which we stop listening; RFC 5321, 4.5.3.1.5 allows 512 a line.
    static let longestReply = 65_536

    private var bytes: [UInt8] = []
    private var position = 0
    private var reply: Reply?
    private var replyCount = 0

    /// Whether nothing is left to read: what came unasked must not pass for the next reply.
    var isEmpty: Bool { bytes.isEmpty }

    mutating func take(_ piece: UnsafeRawBufferPointer) { unsafe bytes.append(contentsOf: piece) }

    /// The next reply among the bytes taken.
    mutating func next() -> Finding {
        while let end = bytes[position...].firstIndex(of: 0x0A) {
            let line = bytes[position..<end]
            replyCount += line.count
            position = end + 1
            guard let (code, isLast) = Self.start(of: line), reply == nil || reply?.code == code else {
                return .nonsense
            }
            var whole = reply ?? Reply(code: code, text: [])
            if !whole.text.isEmpty { whole.text.append(0x20) }
            let rest = line.last == 0x0D ? line.dropFirst(4).dropLast() : line.dropFirst(4)
            whole.text += Self.beginning(of: rest, atMost: max(0, 2_000 - whole.text.count))
            guard isLast else {
                reply = whole
                if replyCount > Self.longestReply { return .nonsense }
                continue
            }
            forgetRead()
            return .reply(whole)
        }
        return replyCount + bytes.count - position > Self.longestReply || !mayBecomeLine
            ? .nonsense : .incomplete
    }

    /// So many bytes of `line`, and no half of a character: what is no UTF-8 passes for Latin-1.
    private static func beginning(of line: ArraySlice<UInt8>, atMost limit: Int) -> ArraySlice<UInt8> {
        let isInside = { (byte: UInt8) in byte & 0xC0 == 0x80 }
        let kept = line.prefix(limit)
        guard let next = line.dropFirst(limit).first, isInside(next),
            let lead = kept.lastIndex(where: { !isInside($0) })
        else { return kept }
        return kept[..<lead]
    }

    private mutating func forgetRead() {
        reply = nil
        replyCount = 0
        bytes.removeFirst(position)
        position = 0
    }

    /// Whether the unfinished line can still be a reply: nonsense is not waited for.
    private var mayBecomeLine: Bool { bytes[position...].prefix(3).allSatisfy { (0x30...0x39).contains($0) } }

    /// The code a line begins with, and whether it is the reply's last.
    private static func start(of line: ArraySlice<UInt8>) -> (code: Int, isLast: Bool)? {
        let digits = line.prefix(3)
        guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let code = digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
        guard (200...599).contains(code) else { return nil }
        switch line.dropFirst(3).first {
        case nil, 0x20, 0x0D: return (code, true)
        case 0x2D: return (code, false)
        default: return nil
        }
    }
}

extension MailReplyReader.Reply {
    /// The reply as an answer to `stage`, secrets hidden.
    func mail(at stage: MailReply.Stage, redactor: Redactor) -> MailReply {
        let whole = String(said: text)
        var words = whole.split(separator: " ")
        let enhanced = words.first.map { String($0) }.flatMap { isEnhanced($0) ? $0 : nil }
        // Each line of a reply repeats it.
        if let enhanced { words.removeAll { $0 == enhanced } }
        let clean = redactor.redacted(words.joined(separator: " "), atMost: 500).withoutControls
        return MailReply(stage: stage, code: code, enhanced: enhanced, text: clean)
    }

    /// RFC 3463: class.subject.detail, the class being that of the code.
    private func isEnhanced(_ word: String) -> Bool {
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let first = Int(parts[0]), first == code / 100, first != 3 else {
            return false
        }
        return parts.allSatisfy {
            (1...3).contains($0.utf8.count) && $0.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
    }
}
