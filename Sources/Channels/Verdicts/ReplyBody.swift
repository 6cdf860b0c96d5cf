import Broadcast
import Wire

/// What a reply's body says, read as far as it can be trusted; no text that it gives holds a secret.
struct ReplyBody: Sendable {
    /// A line is cut here.
    private static let longestLine = 200

    /// What was understood of it; nil when nothing was.
    let tree: JSONValue?
    private let redactor: Redactor

    /// A body that was understood as `tree`.
    init(_ tree: JSONValue?, redactor: Redactor) {
        self.tree = tree
        self.redactor = redactor
    }

    /// The text there, short and on one line; nil when there is none.
    func line(at pointer: JSONPointer?) -> String? { tree.flatMap { line(at: pointer, in: $0) } }

    /// The text at that place of `part`, which is one of the tree.
    func line(at pointer: JSONPointer?, in part: JSONValue) -> String? {
        guard let pointer, let text = part.value(at: pointer)?.scalarText, !text.isEmpty else { return nil }
        let shown = redactor.redacted(text, atMost: Self.longestLine).unicodeScalars
        return String(String.UnicodeScalarView(shown.map { $0.isControl ? " " : $0 }))
    }

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
        guard !isBodyCut, !body.isEmpty else { return ReplyBody(nil, redactor: redactor) }
        let tree = (try? JSONValue(parsing: body)) ?? .string(String(decoding: body, as: UTF8.self))
        return ReplyBody(tree, redactor: redactor)
    }
}
