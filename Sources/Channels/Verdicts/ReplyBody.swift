import Broadcast
import Wire

/// What a reply's body says, read as far as it can be trusted; no text that it gives holds a secret.
struct ReplyBody: Sendable {
    /// A line is cut here.
    static let longestLine = 200

    /// What was understood of it; nil when nothing was.
    let tree: JSONValue?
    /// Why it cannot be looked into, as the rest of a sentence about it; nil when it can.
    let trouble: String?
    private let redactor: Redactor

    /// A body that was understood as `tree`.
    init(_ tree: JSONValue?, trouble: String? = nil, redactor: Redactor) {
        self.tree = tree
        self.trouble = trouble
        self.redactor = redactor
    }

    /// Whether it is known what stands there: of JSON that cannot be read, only the whole text is.
    func isKnown(at pointer: JSONPointer) -> Bool {
        trouble == nil || (tree != nil && pointer.steps.isEmpty)
    }

    /// The text there, short and on one line; nil when there is none.
    func line(at pointer: JSONPointer?) -> String? {
        scalar(at: pointer).flatMap { $0.isEmpty ? nil : line($0) }
    }

    /// A text of the body, short and on one line.
    func line(_ text: String) -> String { redactor.line(text, atMost: Self.longestLine) }

    /// The whole number there; nil when there is none.
    func number(at pointer: JSONPointer?) -> Int64? { scalar(at: pointer).flatMap { Int64($0) } }

    /// The seconds there; nil when there are none.
    func wait(at pointer: JSONPointer?) -> Duration? { scalar(at: pointer).flatMap(RetryAfter.seconds) }

    private func scalar(at pointer: JSONPointer?) -> String? {
        pointer.flatMap { tree?.value(at: $0)?.scalarText }
    }
}

extension HTTPReply {
    /// The body; one that is no JSON is a text at the root, as older gateways answer.
    func read(_ redactor: Redactor) -> ReplyBody {
        guard !isBodyCut else { return ReplyBody(nil, trouble: "broke off", redactor: redactor) }
        guard !body.isEmpty else { return ReplyBody(nil, redactor: redactor) }
        do throws(JSONProblem) {
            return ReplyBody(try tree(), redactor: redactor)
        } catch {
            // What was meant for JSON may say anything: taken for a text, an error in it would be none.
            let text = text
            let start = text.unicodeScalars.first { !$0.properties.isWhitespace }
            let trouble = start == "{" || start == "[" ? error.unquoted : nil
            return ReplyBody(.string(text), trouble: trouble, redactor: redactor)
        }
    }

    /// The body as JSON.
    ///
    /// - Throws: when it is none, or holds more than pages of 1 MiB do: each value costs about a kilobyte.
    func tree() throws(JSONProblem) -> JSONValue {
        try JSONValue(parsing: SurrogateRepair.mended(Array(text.utf8)), maxValues: 50_000)
    }

    /// What was answered, as a proof shows it: the status, and how the body begins.
    func answer(_ redactor: Redactor) -> String {
        let words = text.drop { $0.isWhitespace }
        let status = "HTTP \(status)"
        return words.isEmpty ? status : "\(status): \(redactor.line(String(words), atMost: 180))"
    }

    /// The body's text: RFC 8259 wants UTF-8, older gateways also answer in UTF-16.
    private var text: String {
        let bytes = body.starts(with: [0xEF, 0xBB, 0xBF]) ? body.dropFirst(3) : body[...]
        return wideText ?? String(said: bytes)
    }

    /// The text of a body in UTF-16, which shows in its mark, or in the zero beside the first character; else nil.
    private var wideText: String? {
        let isMarked = body.starts(with: [0xFE, 0xFF]) || body.starts(with: [0xFF, 0xFE])
        guard body.count >= 2, isMarked || (body[0] == 0) != (body[1] == 0) else { return nil }
        let high = body[0] == 0xFE || body[0] == 0 ? 0 : 1
        let units = stride(from: isMarked ? 2 : 0, to: body.count - 1, by: 2).map {
            UInt16(body[$0 + high]) << 8 | UInt16(body[$0 + 1 - high])
        }
        return String(decoding: units, as: UTF16.self)
    }
}

extension Redactor {
    /// The first `limit` characters of `text` on one line, without any secret.
    fileprivate func line(_ text: String, atMost limit: Int) -> String {
        let shown = redacted(text, atMost: limit).unicodeScalars
        return String(String.UnicodeScalarView(shown.map { $0.isControl ? " " : $0 }))
    }
}
