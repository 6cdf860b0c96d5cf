public import Broadcast

/// A message as it goes out: as long as its channel takes, and what was done to it for that.
public struct FittedContent: Sendable, Hashable {
    /// What is sent.
    public var content: RenderedContent
    /// What an SMS costs, and what was rewritten in it; nil in every other form.
    public var sms: SMSFitting?
    /// Whether its end was left out, and a link to the page stands there.
    public var isCut = false

    init(_ content: RenderedContent, sms: SMSFitting? = nil, isCut: Bool = false) {
        self.content = content
        self.sms = sms
        self.isCut = isCut
    }
}

extension RenderedContent {
    /// The message within `limits`: as it is, in GSM 7-bit, or cut with a link to `page`.
    ///
    /// A preview and an attempt both go through here and nowhere else. `bodyBytes` says how long the body is that a
    /// content becomes; it is asked only where `limits` bound that.
    /// - Throws: ``RenderProblem/Code/tooLong`` with the excess, when it is too long and may not be cut, or cannot be.
    public func fitted(
        to limits: ContentLimits, page: String? = nil, bodyBytes: (RenderedContent) -> Int = { _ in 0 }
    ) throws(RenderProblem) -> FittedContent {
        let whole = measured(limits, bodyBytes)
        guard let excess = whole.excess else { return whole.fitted }
        let cutting =
            limits.overflow == .cutWithLink ? page.flatMap { Cutting(self, to: limits, page: $0) } : nil
        guard let cut = cutting?.result(bodyBytes) else { throw RenderProblem(tooLong: excess, form) }
        return cut
    }

    /// What it comes to on its channel, and what of it is too much.
    func measured(
        _ limits: ContentLimits, _ bodyBytes: (RenderedContent) -> Int
    ) -> (fitted: FittedContent, excess: Excess?) {
        var fitted = FittedContent(self)
        if form == .sms {
            let sms = SMSFitting(String(decoding: text, as: UTF8.self), transliterates: limits.transliterates)
            fitted.content.text = Array(sms.text.utf8)
            fitted.sms = sms
            return (fitted, Excess(sms.length.segments, over: limits.segments, .segments))
        }
        let count =
            json.map { characters(in: $0, atMost: limits.characters) }
            ?? characters(atMost: limits.characters)
        if let excess = Excess(count, over: limits.characters, .characters) {
            return (fitted, excess)
        }
        // A mail's text alone is never too long: only its files are worth making all of it for.
        let isMail = form == .email
        guard limits.bytes != nil, !(isMail && enclosures.isEmpty) else { return (fitted, nil) }
        return (fitted, Excess(bodyBytes(self), over: limits.bytes, isMail ? .mailBytes : .bytes))
    }

    /// UTF-16 units of the longest text in a body of the author's own, but for the HTML, of which readers see less.
    private func characters(in json: JSONValue, atMost limit: Int?) -> Int {
        guard limit != nil else { return 0 }
        switch json {
        case .null, .bool, .number: return 0
        case .string(let text):
            let page = String(decoding: html, as: UTF8.self)
            return !page.isEmpty && text.contains(page) ? 0 : text.utf16.count
        case .array(let items): return items.map { characters(in: $0, atMost: limit) }.max() ?? 0
        case .object(let members):
            return members.values.map { characters(in: $0, atMost: limit) }.max() ?? 0
        }
    }

    /// UTF-16 units of the text as its reader counts it; a text of few bytes is not counted.
    private func characters(atMost limit: Int?) -> Int {
        guard let limit, text.count > limit else { return 0 }
        return units
    }

    /// UTF-16 units of the text as its reader counts it.
    var units: Int {
        form == .telegram
            ? TelegramMarkup.length(of: text) : String(decoding: text, as: UTF8.self).utf16.count
    }
}
