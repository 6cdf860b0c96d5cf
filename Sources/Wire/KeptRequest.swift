/// A request that was kept instead of sent.
public struct KeptRequest: Sendable, Hashable {
    /// The file's path in the folder, such as `email/0000/C0001.eml`.
    public var file: String
    /// How many bytes would have gone out: of a mail all after DATA, of an HTTP request its body.
    public var bytes: Int
    /// The note of its ``RequestLabel``.
    public var note: String

    /// A request that is kept in `file`.
    public init(file: String, bytes: Int, note: String) {
        self.file = file
        self.bytes = bytes
        self.note = note
    }

    /// What a ``RehearsalTransport`` replied; nil when it kept nothing.
    public init?(_ reply: WireReply) {
        let text: String
        switch reply {
        case .http(let reply): text = String(decoding: reply.body, as: UTF8.self)
        case .mail(let reply): text = reply.text
        case .failure: return nil
        }
        let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Int(parts[0]) else { return nil }
        self.init(file: String(parts[2]), bytes: bytes, note: String(parts[1]))
    }

    /// The reply to `request` that says so.
    func reply(to request: WireRequest) -> WireReply {
        let text = "\(bytes) \(note) \(file)"
        return switch request {
        case .http: .http(HTTPReply(status: 200, body: Array(text.utf8)))
        case .mail: .mail(MailReply(stage: .message, code: 250, text: text))
        }
    }
}

extension WireRequest {
    /// How many bytes of it are the message.
    public var size: Int {
        switch self {
        case .http(let request): request.tail.reduce(request.body.count) { $0 + $1.count }
        case .mail(let request): request.tail.reduce(request.message.count) { $0 + $1.count }
        }
    }

    /// How the name of its file ends.
    var fileType: String {
        switch self {
        case .http: "http"
        case .mail: "eml"
        }
    }

    /// What stands in its file: a mail byte for byte, of an HTTP request all that is ours, its secrets hidden.
    func kept(_ redactor: Redactor) -> [UInt8] {
        // Files are the author's: looking for secrets in megabytes of them would only cost time.
        switch self {
        case .http(let request): request.tail.reduce(redactor.redacted(whole: request.written), +)
        case .mail(let request): request.tail.reduce(request.message, +)
        }
    }
}

extension HTTPRequest {
    /// Method and URL, headers, and behind an empty line the body.
    var written: [UInt8] {
        let lines = ["\(method) \(url) HTTP/1.1"] + headers.map(\.shown) + ["", ""]
        return Array(lines.joined(separator: "\n").utf8) + body
    }
}
