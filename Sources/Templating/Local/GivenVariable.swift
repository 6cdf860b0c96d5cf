import Foundation

/// What `--set` or a default says of one variable.
struct GivenVariable: Sendable {
    let name: String
    let text: String
    /// Whether the text only stands for a value that nobody gave.
    let isPlaceholder: Bool
    /// In which a time without an offset was typed.
    let zone: TimeZone

    /// The value written as its reader has it; nil when there is no such way.
    func local(_ form: String) -> ContextValue? {
        guard let field = LocalField(rawValue: form) else { return nil }
        if isPlaceholder { return .text("[\(name).\(form)]") }
        let text = CleanText.oneLine(text)
        guard !text.isEmpty else { return .text("") }
        guard let value = LocalValue(text, for: field, in: zone) else {
            let expected = LocalValue.expected(insteadOf: text, for: field, in: zone)
            return .faulty("\(name) is “\(text.prefix(80))”", expected: "\(name).\(form) needs \(expected)")
        }
        return .slot(.local(.given(name, value), field))
    }
}
