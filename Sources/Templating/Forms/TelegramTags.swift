/// Walks over HTML once, from tag to tag.
struct TelegramTags {
    enum Finding {
        /// In lower case.
        case tag(String, isClosing: Bool)
        /// Nothing follows it that could be read.
        case unfinished(String)
        /// A `<` without a name.
        case sign
    }

    private let text: [UInt8]
    private var index = 0
    private var countedTo = 0
    /// Of the last finding, counted from 1.
    private(set) var line = 1
    /// The text between the last two findings.
    private(set) var words: ArraySlice<UInt8> = []
    /// What stands behind the name of the last tag.
    private var inside: ArraySlice<UInt8> = []

    init(_ text: [UInt8]) { self.text = text }

    mutating func next() -> Finding? {
        guard let start = text[index...].firstIndex(of: UInt8(ascii: "<")) else {
            words = text[index...]
            index = text.count
            return nil
        }
        words = text[index..<start]
        line += text[countedTo..<start].count { $0 == UInt8(ascii: "\n") }
        countedTo = start
        index = start + 1
        let isClosing = index < text.count && text[index] == UInt8(ascii: "/")
        let name = text[(isClosing ? index + 1 : index)...].prefix(32).prefix { isNameByte($0) }
        guard let first = name.first, first >= 0x41 || first == UInt8(ascii: "!") else { return .sign }
        let tag = String(decoding: name, as: UTF8.self).lowercased()
        guard let end = TelegramMarkup.endOfTag(in: text, from: name.endIndex) else {
            index = text.count
            return .unfinished(tag)
        }
        inside = text[name.endIndex..<(end - 1)]
        index = end
        return .tag(tag, isClosing: isClosing)
    }

    /// The attributes of the last tag, by name in lower case, their values as written; without a value, an empty one.
    var attributes: [String: String] {
        let shape = /([^\s=\/"'>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/
        return String(decoding: inside, as: UTF8.self).matches(of: shape).reduce(into: [:]) { found, match in
            found[match.1.lowercased()] = String(match.2 ?? match.3 ?? match.4 ?? "")
        }
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "!"):
            true
        default: false
        }
    }
}
