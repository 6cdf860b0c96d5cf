public import Broadcast

/// One message in one form and locale, ready for a channel; all texts are UTF-8 with LF line ends.
public struct RenderedContent: Sendable, Hashable {
    /// The form it was made for.
    public var form: ContentForm
    /// BCP 47 of the variant that was chosen.
    public var locale: String
    /// The subject or title: one line, no controls.
    public var title: [UInt8]
    /// Plain text; for SMS the short form, for Telegram its HTML subset.
    public var text: [UInt8]
    /// HTML: a whole page for e-mail, a fragment for webhooks, empty for SMS and Telegram.
    public var html: [UInt8]
    /// The filled JSON override of a webhook; nil when the channel makes its own body.
    public var json: JSONValue?
    /// The files that go with it, as far as its channel carries them.
    public var enclosures = Enclosures()
    /// Whether its channel leaves the text away, and sends something else of it.
    public var isTextLeft = false
    /// Bytes at the text's end that were added to it, as links to files; they are never cut.
    var linkBytes = 0
    /// As many of its HTML.
    var linkHTMLBytes = 0

    /// A rendered message.
    public init(
        form: ContentForm, locale: String, title: [UInt8], text: [UInt8], html: [UInt8] = [],
        json: JSONValue? = nil
    ) {
        self.form = form
        self.locale = locale
        self.title = title
        self.text = text
        self.html = html
        self.json = json
    }

    /// Whether its reader would see nothing; a webhook's own body is nobody's to read.
    var isBlank: Bool {
        guard json == nil else { return false }
        return form == .telegram ? TelegramMarkup.isBlank(text) : text.allSatisfy(\.isASCIIBlank)
    }
}
