/// Telegram's HTML as its reader sees it, and where each character ends in it.
struct MarkedText {
    /// Tags left out, entities resolved.
    let characters: [Character]
    private let html: [UInt8]
    /// Where each of the characters ends.
    private let ends: [Int]

    init(_ html: [UInt8]) {
        self.html = html
        var scalars = String.UnicodeScalarView()
        var scalarEnds: [Int] = []
        var index = 0
        while index < html.count {
            if html[index] == UInt8(ascii: "<") {
                index = TelegramMarkup.endOfTag(in: html, from: index) ?? html.count
                continue
            }
            let (scalar, end) = TelegramMarkup.scalar(in: html, at: index)
            scalars.append(scalar)
            scalarEnds.append(end)
            index = end
        }
        var characters: [Character] = []
        var ends: [Int] = []
        var count = 0
        for character in String(scalars) {
            count += character.unicodeScalars.count
            characters.append(character)
            ends.append(scalarEnds[count - 1])
        }
        self.characters = characters
        self.ends = ends
    }

    /// The HTML of the first `count` characters, every tag that is open there closed.
    func prefix(_ count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        var text = Array(html[..<ends[count - 1]])
        var tags = TelegramTags(text)
        var open: [String] = []
        while let found = tags.next() {
            switch found {
            case .tag(let tag, isClosing: false): open.append(tag)
            case .tag(_, isClosing: true): _ = open.popLast()
            case .sign, .unfinished: break
            }
        }
        for tag in open.reversed() { text += "</\(tag)>".utf8 }
        return text
    }
}
