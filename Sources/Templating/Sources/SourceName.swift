/// What a source in a template's folder is for.
enum SourceRole: String, Sendable, Hashable, CaseIterable {
    case message = "message.md"
    case mailHTML = "email.html"
    case mailText = "email.txt"
    case sms = "sms.txt"
    case telegram = "telegram.html"
    case webhook = "webhook.json"

    /// `md`, `html`, `txt` or `json`: partials must be of the same kind.
    var fileExtension: String { String(rawValue.split(separator: ".")[1]) }
}

/// A file name with an optional locale before its extension, such as `message.it.md`.
struct SourceName: Sendable, Hashable {
    /// Without locale, such as `message.md`.
    let base: String
    /// As written; empty when there is none.
    let locale: String

    /// Nil when the name has not the form `NAME.EXTENSION` or `NAME.LOCALE.EXTENSION`.
    init?(_ name: String) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map { String($0) }
        guard (2...3).contains(parts.count), let first = parts.first, let last = parts.last,
            !first.isEmpty, !last.isEmpty
        else { return nil }
        base = "\(first).\(last)"
        locale = parts.count == 3 ? parts[1] : ""
        guard parts.count == 2 || LocaleTag(locale) != nil else { return nil }
    }
}
