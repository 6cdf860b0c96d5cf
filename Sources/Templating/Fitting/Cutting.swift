import Broadcast

/// A message that is too long, made shorter: without links to its files, else ended earlier, with a link to its page.
struct Cutting {
    /// The message without the links to its files.
    private let content: RenderedContent
    private let text: CuttableText
    private let limits: ContentLimits
    private let page: String
    /// How many characters may stay at most; nil where only bytes are bounded.
    private let most: Int?

    /// Nil for a message that is not to be cut.
    init?(_ whole: RenderedContent, to limits: ContentLimits, page: String) {
        let most = limits.segments.map { $0 * SMSLength.Encoding.gsm7.part } ?? limits.characters
        var own = whole
        own.text.removeLast(whole.linkBytes)
        own.html.removeLast(whole.linkHTMLBytes)
        // What an author has filled in by hand has no text that could be cut.
        guard whole.json == nil, let text = CuttableText(own, atMost: most) else { return nil }
        (content, self.text, self.limits, self.page, self.most) = (own, text, limits, page, most)
    }

    /// All of its words, with as many links to files as fit beside them; else as many words as fit.
    ///
    /// Nil where not even a word and the link to the page fit.
    func result(_ bodyBytes: (RenderedContent) -> Int) -> FittedContent? {
        let links = content.enclosures.files.count { $0.url != nil }
        return whole(fewerThan: links, bodyBytes) ?? cut(atMost: links, bodyBytes)
    }

    /// What its author wrote is not ended for a link that nobody wrote; nil where it is too long without any.
    private func whole(fewerThan links: Int, _ bodyBytes: (RenderedContent) -> Int) -> FittedContent? {
        for links in (0..<links).reversed() {
            let (fitted, excess) = content.enclosing(links: links).measured(limits, bodyBytes)
            if excess == nil { return fitted }
        }
        return nil
    }

    /// As many words as fit; links to files are given up, the last first, until words have half of the room.
    private func cut(atMost links: Int, _ bodyBytes: (RenderedContent) -> Int) -> FittedContent? {
        for links in stride(from: links, through: 0, by: -1) {
            guard let place = place(links, bodyBytes) else { continue }
            let (cut, words) = (cut(at: place, links), text.words(to: place))
            guard links == 0 || 2 * words >= cut.units else { continue }
            var fitted = cut.measured(limits, bodyBytes).fitted
            fitted.isCut = true
            return fitted
        }
        return nil
    }

    /// The last place at which it can end with so many links to files.
    private func place(_ links: Int, _ bodyBytes: (RenderedContent) -> Int) -> CuttableText.Place? {
        // Counting is enough where nothing but characters counts; else the message is made, to see how long it is.
        let isCounted = content.form != .sms && limits.bytes == nil && links == 0
        let rest = page.utf16.count + "... ".utf16.count + content.enclosing(links: links).linkBytes
        return text.place(atMost: most, near: most.map { $0 - rest }) { place in
            if let most = limits.characters, text.units(to: place, page) > most { return false }
            return isCounted || cut(at: place, links).measured(limits, bodyBytes).excess == nil
        }
    }

    /// What is cut off may hold the link to a file, which then follows the page's.
    private func cut(at place: CuttableText.Place, _ links: Int) -> RenderedContent {
        text.content(content, cutAt: place, page).enclosing(links: links)
    }
}
