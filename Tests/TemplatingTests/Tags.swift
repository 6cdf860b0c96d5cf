import Testing

/// Markup taken apart with none of a browser's mercy.
struct Tags {
    enum Token: Equatable {
        case text(String)
        case open(String, [String: String])
        case close(String)
    }

    private(set) var tokens: [Token] = []
    /// What is no markup at all.
    private(set) var problems: [String] = []

    private var rest: Substring

    init(_ text: String) {
        rest = text[...]
        while !rest.isEmpty {
            if rest.first == "<" { readTag() } else { readText() }
        }
    }

    private mutating func readText() {
        let text = rest.prefix { $0 != "<" }
        rest = rest.dropFirst(text.count)
        if text.contains(">") { problems.append("a bare > in \(text)") }
        for piece in text.split(separator: "&", omittingEmptySubsequences: false).dropFirst() {
            let name = piece.prefix { $0 != ";" }
            let isEntity = name.wholeMatch(of: /amp|lt|gt|quot|#[0-9]+|#x[0-9a-fA-F]+/) != nil
            if !isEntity || name.endIndex == piece.endIndex { problems.append("a bare & in \(text)") }
        }
        tokens.append(.text(Self.plain(text)))
    }

    private mutating func readTag() {
        guard let match = rest.prefixMatch(of: /<(\/?)([a-z][a-z0-9-]*)((?:\s+[a-z-]+(?:="[^"<>]*")?)*)\s*>/)
        else {
            problems.append("no tag: \(rest.prefix(30))")
            rest = rest.dropFirst()
            return
        }
        rest = rest[match.range.upperBound...]
        guard match.1.isEmpty else {
            if !match.3.isEmpty { problems.append("a closing tag with attributes") }
            return tokens.append(.close(String(match.2)))
        }
        var attributes: [String: String] = [:]
        for attribute in match.3.matches(of: /([a-z-]+)(?:="([^"]*)")?/) {
            let name = String(attribute.1)
            if attributes[name] != nil { problems.append("\(name) stands twice") }
            attributes[name] = Self.plain(attribute.2 ?? "")
        }
        tokens.append(.open(String(match.2), attributes))
    }

    /// What the entities of `text` stand for.
    static func plain(_ text: Substring) -> String {
        String(text).replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
            .replacing("&#39;", with: "'").replacing("&amp;", with: "&")
    }

    /// What is wrong with a piece of HTML that a mail holds: tags that do not nest, or links that lead elsewhere.
    static func problems(in html: String) -> [String] {
        let tags = Tags(html)
        var problems = tags.problems
        var open: [String] = []
        for token in tags.tokens {
            switch token {
            case .text, .open("br", _), .open("hr", _): break
            case .open(let tag, let attributes):
                if let url = attributes["href"], !isHarmless(url) { problems.append("a link to \(url)") }
                if tag == "a", open.contains("a") { problems.append("a link within a link") }
                open.append(tag)
            case .close(let tag): if open.popLast() != tag { problems.append("</\(tag)> closes nothing") }
            }
        }
        return problems + open.map { "<\($0)> is not closed" }
    }

    private static func isHarmless(_ url: String) -> Bool {
        url.wholeMatch(of: /(?i:https?:\/\/|mailto:|tel:)[\x21-\x7E]+/) != nil
    }
}
