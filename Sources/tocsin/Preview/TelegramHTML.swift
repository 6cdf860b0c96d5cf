/// A text in Telegram's HTML, written anew as its reader sees it, tag by tag: nothing of it is copied.
struct TelegramHTML {
    /// Deeper than anything Telegram shows apart.
    private static let deepest = 50

    private var rest: Substring
    private var open: [String] = []

    private init(_ html: String) { rest = html[...] }

    /// Appends `html` to `page`.
    static func append(_ html: String, to page: inout Markup) {
        var reader = TelegramHTML(html)
        while !reader.rest.isEmpty { reader.copy(to: &page) }
    }

    /// What stands up to the end of the innermost open tag, that tag's end included.
    private mutating func copy(to page: inout Markup) {
        while let mark = rest.firstIndex(where: { $0 == "<" || $0 == "&" }) {
            page.text(String(rest[..<mark]))
            rest = rest[mark...]
            if rest.first == "&" {
                page.text(entity())
                continue
            }
            guard let end = rest.firstIndex(of: ">") else { break }
            let tag = String(rest[rest.index(after: mark)..<end])
            rest = rest[rest.index(after: end)...]
            guard tag.hasPrefix("/") else {
                begin(tag, page: &page)
                continue
            }
            if open.last == Self.name(of: tag.dropFirst()) { return }
        }
        page.text(String(rest))
        rest = ""
    }

    private mutating func begin(_ tag: String, page: inout Markup) {
        let name = Self.name(of: tag[...])
        guard open.count < Self.deepest, let (element, look) = Self.elements[name] else { return }
        open.append(name)
        page.element(element, ["class": look]) { copy(to: &$0) }
        open.removeLast()
        // A block ends its line by itself.
        if look == "block", rest.first == "\n" { rest = rest.dropFirst() }
        guard name == "a", let target = Self.target(of: tag) else { return }
        page.element("span", ["class": "url"], text: " (\(target))")
    }

    /// Telegram's tags, each as an element and a class of the page.
    ///
    /// Source: https://core.telegram.org/bots/api#html-style (2026-11).
    private static let elements: [String: (String, String)] = [
        "b": ("strong", ""), "strong": ("strong", ""), "i": ("em", ""), "em": ("em", ""), "u": ("u", ""),
        "ins": ("u", ""), "s": ("s", ""), "strike": ("s", ""), "del": ("s", ""), "code": ("code", ""),
        "pre": ("code", "block"), "blockquote": ("q", "block"), "a": ("span", "link"),
        "span": ("span", "spoiler"),
        "tg-spoiler": ("span", "spoiler"),
    ]

    private static func name(of tag: Substring) -> String {
        tag.prefix { !$0.isWhitespace && $0 != "/" }.lowercased()
    }

    private static func target(of tag: String) -> String? {
        tag.firstMatch(of: /href\s*=\s*"([^"]*)"/).map { match in
            var reader = TelegramHTML(String(match.1))
            return reader.plain()
        }
    }

    /// All that is left, entities read.
    private mutating func plain() -> String {
        var text = ""
        while let mark = rest.firstIndex(of: "&") {
            text += rest[..<mark]
            rest = rest[mark...]
            text += entity()
        }
        return text + rest
    }

    /// What the entity stands for at which `rest` begins; the mark itself where it is none.
    private mutating func entity() -> String {
        let name = rest.dropFirst().prefix(10).prefix { $0 != ";" }
        let known = ["lt": "<", "gt": ">", "amp": "&", "quot": "\""]
        let isHexadecimal = name.hasPrefix("#x") || name.hasPrefix("#X")
        let number =
            isHexadecimal
            ? UInt32(name.dropFirst(2), radix: 16) : name.hasPrefix("#") ? UInt32(name.dropFirst()) : nil
        let text = known[String(name)] ?? number.flatMap(Unicode.Scalar.init).map { String($0) }
        guard let text, name.endIndex < rest.endIndex, rest[name.endIndex] == ";" else {
            rest = rest.dropFirst()
            return "&"
        }
        rest = rest[rest.index(after: name.endIndex)...]
        return text
    }
}
