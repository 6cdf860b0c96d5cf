/// What one of Telegram's tags needs, and where it may stand.
///
/// Source: https://core.telegram.org/bots/api#html-style and #formatting-options (2026-11).
struct TelegramTagRule: Sendable {
    /// What of a style's look is text of its own, which no tag may change.
    private enum Kind: Sendable {
        /// May hold everything and stand everywhere, but for code.
        case style
        case link, emoji, code, quote
    }

    private let kind: Kind
    /// The attributes it may have.
    private var attributes: Set<String> = []
    /// How it is written, where an attribute of it is required.
    private var required: (name: String, example: String)?

    private init(
        _ kind: Kind, _ attributes: Set<String> = [], required: (name: String, example: String)? = nil
    ) {
        self.kind = kind
        self.attributes = attributes
        self.required = required
    }

    /// Those that there are, by tag.
    static let all: [String: TelegramTagRule] = {
        var rules: [String: TelegramTagRule] = [
            "a": Self(.link, ["href"], required: ("href", "<a href=\"https://…\">")),
            "code": Self(.code, ["class"]), "pre": Self(.code),
            "blockquote": Self(.quote, ["expandable"]),
            "span": Self(.style, ["class"], required: ("class", "<span class=\"tg-spoiler\">")),
            "tg-emoji": Self(
                .emoji, ["emoji-id"], required: ("emoji-id", "<tg-emoji emoji-id=\"5368324170671202286\">")),
        ]
        for tag in ["b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "tg-spoiler"] {
            rules[tag] = Self(.style)
        }
        return rules
    }()

    /// What is wrong with the attributes of a tag; nil when nothing is.
    func problem(of found: [String: String]) -> String? {
        if let required,
            found[required.name] == nil || required.name == "class" && found["class"] != "tg-spoiler"
        {
            return "Telegram refuses this tag unless it is \(required.example)"
        }
        if let other = found.keys.sorted().first(where: { !attributes.contains($0) }) {
            let known =
                attributes.isEmpty ? "none there" : "\(attributes.sorted().joined(separator: ", ")) there"
            return "Telegram knows no attribute \(other) here: \(known)"
        }
        // What a value begins is looked at when it is known.
        guard let link = found["href"], let scheme = link.firstMatch(of: /^([A-Za-z][A-Za-z0-9+.-]*):/) else {
            return nil
        }
        return ["http", "https", "tg"].contains(scheme.1.lowercased())
            ? nil : "Telegram links to the web only; write the address of \(link.prefix(40)) as words"
    }

    /// What is wrong with a tag within those that are open; nil when nothing is.
    static func problem(of tag: String, within open: OpenTags) -> String? {
        guard let inner = all[tag] else { return nil }
        // So the language of a block of code is said.
        if tag == "code", open.last == "pre", open.count(of: "pre") == 1, open.count(of: "code") == 0 {
            return nil
        }
        let outer = open.names.first { name in all[name].map { !$0.mayHold(inner) } ?? false }
        return outer.map { "Telegram allows no <\(tag)> within <\($0)>; close <\($0)> before it" }
    }

    private func mayHold(_ inner: TelegramTagRule) -> Bool {
        switch kind {
        case .style: inner.kind != .code
        case .link, .emoji: inner.kind == .style
        case .quote: inner.kind != .quote
        case .code: false
        }
    }
}

/// The tags that are open, the innermost last; that there may be very many takes no time.
struct OpenTags {
    private var stack: [String] = []
    private var counts: [String: Int] = [:]

    /// The innermost; nil when none is open.
    var last: String? { stack.last }

    /// Each once, sorted.
    var names: [String] { counts.keys.sorted() }

    /// How often `tag` is open.
    func count(of tag: String) -> Int { counts[tag] ?? 0 }

    mutating func open(_ tag: String) {
        stack.append(tag)
        counts[tag, default: 0] += 1
    }

    /// Closes the innermost, and answers it.
    mutating func close() -> String? {
        guard let tag = stack.popLast(), let count = counts[tag] else { return nil }
        counts[tag] = count > 1 ? count - 1 : nil
        return tag
    }
}
