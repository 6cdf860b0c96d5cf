/// Walks over anybody's HTML as a browser does, from tag to tag.
///
/// Source: https://html.spec.whatwg.org/multipage/parsing.html#tokenization (2026-11).
struct HTMLTokens {
    /// One attribute as it was written, its entities unread.
    struct Attribute {
        /// In lower case.
        let name: String
        let value: String
    }

    enum Token {
        case doctype
        /// With its entities unread.
        case text(ArraySlice<UInt8>)
        /// Names are in lower case; the last attribute is called `/` where the tag ends so.
        case start(String, [Attribute])
        case end(String)
        /// An element in which no other begins, its attributes and what stands in it.
        case raw(String, [Attribute], ArraySlice<UInt8>)
    }

    /// Without scripts, what stands in `noscript` is read like all else.
    private static let raw: Set = [
        "script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "plaintext",
    ]

    private let html: [UInt8]
    private var index = 0
    /// Where the last one begins.
    private(set) var start = 0

    init(_ html: [UInt8]) { self.html = html }

    /// The next one, nil at the end; comments, and a tag that never ends, are none.
    mutating func next() -> Token? {
        while index < html.count {
            start = index
            guard html[index] == UInt8(ascii: "<") else { return .text(run(until: "<")) }
            if let token = markup() { return token }
        }
        return nil
    }

    /// What the `<` here begins; nil when that is nothing, and lies behind.
    private mutating func markup() -> Token? {
        if startsName(at: index + 1) { return element() }
        if byte(index + 1) == UInt8(ascii: "/"), startsName(at: index + 2) {
            index += 2
            let name = name()
            return attributes() == nil ? nil : .end(name)
        }
        switch byte(index + 1) {
        case UInt8(ascii: "!"): return declaration()
        case UInt8(ascii: "/"), UInt8(ascii: "?"):
            skip(to: ">")
            return nil
        default:
            index += 1
            return .text(html[index - 1..<index])
        }
    }

    private mutating func element() -> Token? {
        index += 1
        let name = name()
        guard let attributes = attributes() else { return nil }
        guard Self.raw.contains(name) else { return .start(name, attributes) }
        let start = index
        while index < html.count {
            if byte(index) == UInt8(ascii: "<"), ends(name) { break }
            index += 1
        }
        let content = html[start..<index]
        skip(to: ">")
        return .raw(name, attributes, content)
    }

    /// Whether the end tag of `name` begins here; there is none for `plaintext`.
    private func ends(_ name: String) -> Bool {
        let tag = "</\(name)".utf8
        guard name != "plaintext", index + tag.count < html.count else { return false }
        let found = html[index..<index + tag.count].map(\.lowercased)
        return found.elementsEqual(tag) && isNameEnd(html[index + tag.count])
    }

    /// Nil for a comment.
    private mutating func declaration() -> Token? {
        guard html[index...].starts(with: "<!--".utf8) else {
            let word = html[index...].dropFirst(2).prefix(7).map(\.lowercased)
            skip(to: ">")
            return word.elementsEqual("doctype".utf8) ? .doctype : nil
        }
        index += 4
        for ending in [">", "->"] where html[index...].starts(with: ending.utf8) {
            index += ending.utf8.count
            return nil
        }
        while index < html.count {
            let rest = html[index...]
            if let end = ["-->", "--!>"].first(where: { rest.starts(with: $0.utf8) }) {
                index += end.utf8.count
                return nil
            }
            index += 1
        }
        return nil
    }

    // MARK: Inside a tag

    private mutating func name() -> String {
        let start = index
        while index < html.count, !isNameEnd(html[index]) { index += 1 }
        return String(decoding: html[start..<index].map(\.lowercased), as: UTF8.self)
    }

    /// Up to behind the `>`; nil when there is none.
    private mutating func attributes() -> [Attribute]? {
        var attributes: [Attribute] = []
        while index < html.count {
            switch html[index] {
            case UInt8(ascii: ">"):
                index += 1
                return attributes
            case let byte where byte.isASCIIBlank: index += 1
            case UInt8(ascii: "/"):
                index += 1
                if byte(index) == UInt8(ascii: ">") { attributes.append(Attribute(name: "/", value: "")) }
            default: attributes.append(attribute())
            }
        }
        return nil
    }

    private mutating func attribute() -> Attribute {
        let start = index
        // A sign that begins a name is a part of it.
        repeat {
            index += 1
        } while index < html.count && !isNameEnd(html[index])
            && html[index] != UInt8(ascii: "=")
        let name = String(decoding: html[start..<index].map(\.lowercased), as: UTF8.self)
        skipBlanks()
        guard byte(index) == UInt8(ascii: "=") else { return Attribute(name: name, value: "") }
        index += 1
        skipBlanks()
        return Attribute(name: name, value: String(decoding: value(), as: UTF8.self))
    }

    private mutating func value() -> ArraySlice<UInt8> {
        if let quote = byte(index), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            index += 1
            let start = index
            while index < html.count, html[index] != quote { index += 1 }
            defer { index = min(index + 1, html.count) }
            return html[start..<index]
        }
        let start = index
        while let byte = byte(index), !byte.isASCIIBlank, byte != UInt8(ascii: ">") { index += 1 }
        return html[start..<index]
    }

    // MARK: Bytes

    private func byte(_ index: Int) -> UInt8? { index < html.count ? html[index] : nil }

    private func startsName(at index: Int) -> Bool {
        byte(index).map { (0x61...0x7A).contains($0.lowercased) } ?? false
    }

    private func isNameEnd(_ byte: UInt8) -> Bool {
        byte.isASCIIBlank || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ">")
    }

    private mutating func skipBlanks() {
        while let byte = byte(index), byte.isASCIIBlank { index += 1 }
    }

    private mutating func skip(to end: Unicode.Scalar) {
        _ = run(until: end)
        index = min(index + 1, html.count)
    }

    private mutating func run(until end: Unicode.Scalar) -> ArraySlice<UInt8> {
        let start = index
        index = html[start...].firstIndex(of: UInt8(ascii: end)) ?? html.count
        return html[start..<index]
    }
}

extension UInt8 {
    /// The small letter of a capital one.
    fileprivate var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
