/// A mail's page without anything that could load, run or lead elsewhere: as mail programs show it that take nothing
/// from the network.
///
/// It is written anew from a closed list of elements and attributes. What the list does not name is left out, and what
/// it cannot vouch for (links, styles, pictures) is made harmless one by one.
public struct InertHTML: Sendable {
    /// The page.
    public var html: String { String(decoding: bytes, as: UTF8.self) }
    /// What was left out and would have been more than words, such as `iframe`, each once.
    public private(set) var leftOut: [String] = []
    /// How many pictures and styles it would have taken from elsewhere.
    public private(set) var foreign = 0
    /// Its first words, hidden ones as well: what lists of mails show beside the subject.
    public var opening: String { words.text }

    private var bytes: [UInt8] = []
    private var words = OpeningWords()
    /// The elements that are left out with all they hold and are still open.
    private var skipped: [String] = []

    /// Of `html`, whatever it is.
    public init(_ html: String) {
        var tokens = HTMLTokens(Array(html.utf8))
        while let token = tokens.next() { append(token) }
    }

    private mutating func append(_ token: HTMLTokens.Token) {
        if let open = skipped.last {
            if case .start(open, let attributes) = token { skip(open, attributes) }
            if case .end(open) = token { skipped.removeLast() }
            return
        }
        switch token {
        case .doctype: if bytes.isEmpty { bytes += Array("<!DOCTYPE html>".utf8) }
        case .text(let text):
            append(escaped: text)
            words.append(text)
        case .raw(let name, let attributes, let content): append(raw: name, attributes, content)
        case .start(let name, let attributes): begin(name, attributes)
        case .end(let name):
            words.part(at: name)
            guard InertElements.names.contains(name), !InertElements.void.contains(name) else { return }
            bytes += Array("</\(name)>".utf8)
        }
    }

    private mutating func append(
        raw name: String, _ attributes: [HTMLTokens.Attribute], _ content: ArraySlice<UInt8>
    ) {
        switch name {
        case "style":
            let style = InertStyle(content)
            foreign += style.leftOut
            bytes += Array("<style".utf8)
            // Where it does not hold, it must not hold here.
            if let media = attributes.first(where: { $0.name == "media" }) {
                append("media", HTMLEntities.read(media.value.utf8))
            }
            bytes += Array(">".utf8) + style.text + Array("</style>".utf8)
        case "title":
            bytes += Array("<title>".utf8)
            append(escaped: content)
            bytes += Array("</title>".utf8)
        default: note(name)
        }
    }

    private mutating func begin(_ name: String, _ attributes: [HTMLTokens.Attribute]) {
        words.part(at: name)
        guard InertElements.names.contains(name) else {
            if InertElements.foreign.contains(name) { skip(name, attributes) }
            return note(name)
        }
        if name == "meta", !Self.isKept(meta: attributes) { return }
        bytes += Array("<\(name)".utf8)
        var seen: Set<String> = []
        for attribute in attributes where seen.insert(attribute.name).inserted {
            append(attribute, of: name)
        }
        if name == "a" { append(linkOf: attributes) }
        bytes.append(UInt8(ascii: ">"))
    }

    private mutating func skip(_ name: String, _ attributes: [HTMLTokens.Attribute]) {
        if attributes.last?.name != "/" { skipped.append(name) }
    }

    private mutating func note(_ name: String) {
        if InertElements.told.contains(name), !leftOut.contains(name) { leftOut.append(name) }
    }

    /// Those that say how the page is shown.
    private static func isKept(meta attributes: [HTMLTokens.Attribute]) -> Bool {
        guard !attributes.contains(where: { $0.name == "http-equiv" }) else { return false }
        let name = attributes.first { $0.name == "name" }?.value.lowercased()
        return name.map(["viewport", "color-scheme", "supported-color-schemes"].contains) ?? false
    }

    // MARK: Attributes

    private mutating func append(_ attribute: HTMLTokens.Attribute, of element: String) {
        let (name, value) = (attribute.name, attribute.value)
        switch (element, name) {
        case (_, "style"):
            let style = InertStyle(HTMLEntities.read(value.utf8).utf8)
            foreign += style.leftOut
            append(name, String(decoding: style.text, as: UTF8.self))
        case ("img", "src"):
            let source = HTMLEntities.read(value.utf8)
            let isInside = source.hasPrefix("data:image/")
            foreign += isInside || source == Self.nowhere ? 0 : 1
            // Something, so that a browser shows that a picture is missing, and its words.
            append(name, isInside ? source : Self.nowhere)
        case (_, "background"): foreign += 1
        case ("a", "title"), ("a", "href"): return
        case ("meta", "name"), ("meta", "content"): append(name, HTMLEntities.read(value.utf8))
        default:
            if InertElements.holds(attribute: name) { append(name, HTMLEntities.read(value.utf8)) }
        }
    }

    private static let nowhere = "data:,"

    /// A link stays one to look at, says where it would lead, and leads nowhere.
    private mutating func append(linkOf attributes: [HTMLTokens.Attribute]) {
        let value = { (name: String) in
            attributes.first { $0.name == name }.map { HTMLEntities.read($0.value.utf8) }
        }
        guard let target = value("href") else { return value("title").map { append("title", $0) } ?? () }
        let isInside = target.hasPrefix("#")
        append("href", isInside ? target : "#-")
        if let title = isInside ? value("title") : target { append("title", title) }
    }

    private mutating func append(_ name: String, _ value: String) {
        bytes += Array(" \(name)=\"".utf8)
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "&"): bytes += Array("&amp;".utf8)
            case UInt8(ascii: "\""): bytes += Array("&quot;".utf8)
            case UInt8(ascii: "<"): bytes += Array("&lt;".utf8)
            case UInt8(ascii: ">"): bytes += Array("&gt;".utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Entities stay as they are written.
    private mutating func append(escaped text: ArraySlice<UInt8>) {
        for byte in text {
            if byte == UInt8(ascii: "<") { bytes += Array("&lt;".utf8) } else { bytes.append(byte) }
        }
    }
}
