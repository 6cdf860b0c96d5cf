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
    /// The text itself where it is no HTML, and how many bytes of it the first 0, 1, 2, … characters take.
    private let plain: (bytes: [UInt8], ends: [Int])?
    /// Of an SMS, how many characters stand before the first that would cost it its short encoding; nil in other forms.
    private let short: Int?
    /// Nil unless it is Telegram's HTML.
    private let markup: MarkedText?

    /// Nil for a form whose text is not to be cut; what stands far behind the first `bound` characters is left out.
    init?(_ content: RenderedContent, atMost bound: Int?) {
        switch content.form {
        case .email: return nil
        case .telegram:
            let text = MarkedText(content.text)
            characters = text.characters
            (markup, plain, short) = (text, nil, nil)
        case .sms, .webhook:
            let text = String(decoding: content.text, as: UTF8.self)
            // One more tells whether a sentence or a word ends at the bound.
            let characters = bound.map { Array(text.prefix($0 + 1)) } ?? Array(text)
            var ends = [0]
            ends.reserveCapacity(characters.count + 1)
            for character in characters { ends.append(ends[ends.count - 1] + character.utf8.count) }
            self.characters = characters
            (markup, plain) = (nil, (Array(text.utf8), ends))
            let isLong = { (character: Character) in !GSMAlphabet.holds(character) }
            short =
                content.form == .sms ? characters.firstIndex(where: isLong) ?? characters.count : nil
        }
        var units = [0]
        units.reserveCapacity(characters.count + 1)
        for character in characters { units.append(units[units.count - 1] + character.utf16.count) }
        self.units = units
    }

    /// How many UTF-16 units its reader sees when it is cut at `place`, the link included.
    func units(to place: Place, _ page: String) -> Int {
        units[place.count] + dots(place).utf16.count + page.utf16.count
    }

    /// How many UTF-16 units of it stand before `place`.
    func words(to place: Place) -> Int { units[place.count] }

    /// The last place that `fits`: the end of a sentence, else of a word, else between two characters.
    ///
    /// A sentence's end that would throw away more than half of what fits is passed over; so is all behind the first
    /// `bound` characters, which cannot fit. At `guess` the text is as long as it may be, as a rule.
    func place(atMost bound: Int?, near guess: Int?, _ fits: (Place) -> Bool) -> Place? {
        let most = longest(min(characters.count, bound ?? .max), near: guess, fits)
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
    private func longest(_ bound: Int, near guess: Int?, _ fits: (Place) -> Bool) -> Int {
        var (low, high) = (0, bound)
        // A guess that is right takes two looks, where halving takes ten.
        for count in guess.map({ [$0, $0 + 1] }) ?? [] where low < count && count <= high {
            if fits(Place(count: count, isSentenceEnd: false)) { low = count } else { high = count - 1 }
        }
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
        let dots = dots(place)
        if let markup {
            cut.text = markup.prefix(place.count)
            cut.text.append(dots, as: .html)
            cut.text.append(page, as: .html)
        } else if let plain {
            cut.text = Array(plain.bytes[..<plain.ends[place.count]])
            cut.text += dots.utf8
            if !content.html.isEmpty {
                cut.html = Self.html(String(decoding: cut.text, as: UTF8.self), page)
            }
            cut.text += page.utf8
        }
        return cut
    }

    /// The ellipsis behind what is kept: three full stops where the sign itself would cost an SMS its short encoding.
    private func dots(_ place: Place) -> String {
        let sign = place.count <= short ?? 0 ? "..." : "…"
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
