import CCurl
import Wire

/// Puts one HTTP reply together as it comes, and knows when it has had enough.
struct HTTPReplyCollector {
    /// Bytes of a body after which the exchange is ended.
    static let longestBody = 1_048_576
    /// Bytes of all header lines together after which the exchange is ended.
    static let longestHead = 65_536

    /// Bytes of a body that are kept; what follows is discarded.
    private let keptBody: Int
    private var status = 0
    private var head: [UInt8] = []
    private var headCount = 0
    private var body: [UInt8] = []
    private var bodyCount = 0
    private(set) var isHeadComplete = false

    init(keptBody: Int) { self.keptBody = keptBody }

    /// Forgets the reply and keeps the memory.
    mutating func reset() {
        status = 0
        head.removeAll(keepingCapacity: true)
        headCount = 0
        body.removeAll(keepingCapacity: true)
        bodyCount = 0
        isHeadComplete = false
    }

    /// Takes one line with its end; false ends the exchange.
    mutating func take(headLine line: UnsafeRawBufferPointer) -> Bool {
        headCount += line.count
        guard headCount <= Self.longestHead else { return false }
        // After the head only trailers can follow, and nothing is read from those.
        guard !isHeadComplete else { return true }
        if unsafe line.starts(with: "HTTP/".utf8) {
            head.removeAll(keepingCapacity: true)
            status = unsafe Self.status(in: line)
        } else if unsafe line.allSatisfy({ $0 == 0x0D || $0 == 0x0A }) {
            // 1xx announces another status line.
            isHeadComplete = status >= 200
        } else {
            unsafe head.append(contentsOf: line)
        }
        return true
    }

    /// Takes a piece of the body; false ends the exchange.
    mutating func take(body piece: UnsafeRawBufferPointer) -> Bool {
        unsafe body.append(contentsOf: piece.prefix(max(0, keptBody - body.count)))
        bodyCount += piece.count
        return bodyCount <= Self.longestBody
    }

    /// The reply, once its head is complete; `brokeOff` when the body did not reach its end.
    func reply(brokeOff: Bool) -> HTTPReply? {
        guard isHeadComplete, status < 600 else { return nil }
        return HTTPReply(
            status: status, headers: fields, body: body, isBodyCut: brokeOff || bodyCount > body.count)
    }

    private var fields: [HeaderField] {
        var fields: [HeaderField] = []
        fields.reserveCapacity(12)
        for line in head.split(separator: 0x0A) {
            let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D }
            guard let colon = line.firstIndex(of: 0x3A), line.first.map(isBlank) == false else { continue }
            var value = line[(colon + 1)...].drop(while: isBlank)
            while let last = value.last, isBlank(last) { value.removeLast() }
            let name = String(decoding: line[..<colon], as: UTF8.self)
            if let field = HeaderField(name, String(decoding: value, as: UTF8.self)) { fields.append(field) }
        }
        return fields
    }

    /// `HTTP/1.1 200 OK`: the three digits after the first blank; nought when there are none.
    private static func status(in line: UnsafeRawBufferPointer) -> Int {
        guard let blank = unsafe line.firstIndex(of: 0x20), blank + 3 < line.count else { return 0 }
        return (1...3).reduce(0) { number, offset in
            let digit = unsafe Int(line[blank + offset]) - 0x30
            return (0...9).contains(digit) ? number * 10 + digit : number
        }
    }
}
