import Broadcast

/// What a reply's body says, read as far as it can be trusted.
extension JSONValue {
    /// The text there, short and on one line; nil when there is none.
    func line(at pointer: JSONPointer?) -> String? {
        guard let pointer, let text = value(at: pointer)?.scalarText, !text.isEmpty else { return nil }
        let shown = text.unicodeScalars.prefix(200).map { $0.isControl ? " " : $0 }
        return String(String.UnicodeScalarView(shown))
    }

    /// The seconds there; nil when there are none.
    func wait(at pointer: JSONPointer?) -> Duration? { line(at: pointer).flatMap(RetryAfter.seconds) }
}
