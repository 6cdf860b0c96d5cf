import Broadcast

/// A text that can be ended earlier without harm: never within what a reader takes for one character.
struct CuttableText {
    /// After how many of the characters it ends.
    struct Place: Hashable {
        let count: Int
        /// Whether a sentence, or a line, ends there; else a word does, or nothing.
        let isSentenceEnd: Bool
    }

    /// As they are seen: without Telegram's tags, its entities resolved.
    private let characters: [Character]
    /// How many UTF-16 units the first 0, 1, 2, … of them take.
    private let units: [Int]
    /// Nil unless it is Telegram's HTML.
    private let markup: MarkedText?

    /// Nil for a form whose text is not to be cut.
    init?(_ content: RenderedContent) {
        switch content.form {
        case .email: return nil
        case .telegram:
            let text = MarkedText(content.text)
            characters = text.characters
            markup = text
        case .sms, .webhook:
            characters = Array(String(decoding: content.text, as: UTF8.self))
            markup = nil
        }
        var units = [0]
        units.reserveCapacity(characters.count + 1)
        for character in characters { units.append(units[units.count - 1] + character.utf16.count) }
        self.units = units
    }

    /// How many UTF-16 units its reader sees when it is cut at `place`, the link included.
    func units(to place: Place, _ page: String) -> Int {
        units[place.count] + Self.dots("", place).utf16.count + page.utf16.count
    }

    /// The last place that `fits`: the end of a sentence, else of a word, else between two characters.
    ///
    /// A sentence's end that would throw away more than half of what fits is passed over; so is all behind the first
    /// `bound` characters, which cannot fit.
    func place(atMost bound: Int?, _ fits: (Place) -> Bool) -> Place? {
        let most = longest(min(characters.count, bound ?? .max), fits)
        guard most > 0 else { return nil }
        for count in stride(from: most, to: most / 2, by: -1) where endsSentence(count) {
            let place = Place(count: count, isSentenceEnd: true)
            if fits(place) { return place }
        }
        for count in stride(from: most, to: most / 2, by: -1) where endsWord(count) {
            let place = Place(count: count, isSentenceEnd: false)
            if fits(place) { return place }
        }
        let place = Place(count: most, isSentenceEnd: false)
        return fits(place) ? place : nil
    }

    /// How many characters fit at most, when it does not matter where they end.
    private func longest(_ bound: Int, _ fits: (Place) -> Bool) -> Int {
        var (low, high) = (0, bound)
        while low < high {
            let middle = (low + high + 1) / 2
            if fits(Place(count: middle, isSentenceEnd: false)) { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// Whether what stands before `count` ends with a full stop, as one language or another writes it, or a line.
    private func endsSentence(_ count: Int) -> Bool {
        guard count < characters.count, !characters[count - 1].isWhitespace else { return false }
        if characters[count].isNewline { return true }
        let last = characters[..<count].last { !Self.closing.contains($0) }
        guard let last else { return false }
        if Self.fullStopsAlone.contains(last) { return true }
        return Self.fullStops.contains(last) && characters[count].isWhitespace
    }

    private func endsWord(_ count: Int) -> Bool {
        count < characters.count && !characters[count - 1].isWhitespace && characters[count].isWhitespace
    }

    /// What follows a full stop without ending its sentence anew.
    private static let closing: Set<Character> = ["\"", "'", "”", "’", "»", "›", ")", "]", "“"]
    /// Source: https://www.unicode.org/reports/tr29/ (ATerm and STerm, the common ones; 2026-11).
    private static let fullStops: Set<Character> = [
        ".", "!", "?", "…", "‼", "⁇", "⁈", "⁉", "؟", "۔", "।", "॥", "։", "።",
    ]
    /// Those after which no blank is written.
    private static let fullStopsAlone: Set<Character> = ["。", "！", "？", "｡"]

    // MARK: Cutting

    /// `content` ended at `place`, then an ellipsis and the link.
    func content(_ content: RenderedContent, cutAt place: Place, _ page: String) -> RenderedContent {
        var cut = content
        if let markup {
            let dots = Self.dots("", place)
            cut.text = markup.prefix(place.count)
            cut.text.append(dots, as: .html)
            cut.text.append(page, as: .html)
            return cut
        }
        let kept = String(characters[..<place.count])
        let text = kept + Self.dots(content.form == .sms ? kept : "", place) + page
        cut.text = Array(text.utf8)
        if !content.html.isEmpty { cut.html = Self.html(kept + Self.dots("", place), page) }
        return cut
    }

    /// The ellipsis behind `kept`: three full stops where the sign itself would cost the SMS its short encoding.
    private static func dots(_ kept: String, _ place: Place) -> String {
        let sign = !kept.isEmpty && SMSLength(kept).encoding == .gsm7 ? "..." : "…"
        return (place.isSentenceEnd ? " " : "") + sign + " "
    }

    /// The same as a fragment of HTML, one line after the other.
    private static func html(_ text: String, _ page: String) -> [UInt8] {
        var html = Array("<p>".utf8)
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: true).enumerated() {
            if number > 0 { html += "<br>\n".utf8 }
            html.append(String(line), as: .html)
        }
        html += "<a href=\"".utf8
        html.append(page, as: .linkInHTML)
        html += "\">".utf8
        html.append(page, as: .html)
        html += "</a></p>\n".utf8
        return html
    }
}
