/// What the tags of a mail carry: mail programs keep inline styles, and drop most others.
///
/// Colours of text are left to the layout; those of links stand here, since a program that knows no dark mode may take
/// light ones of its own, and a layout turns them over with `!important`. The greys are seen on light and on dark.
/// Nothing is wider than the screen: code wraps. What each program keeps: https://www.caniemail.com (2026-11).
struct MailStyle: Sendable {
    /// Where a block stands.
    struct Place: Sendable {
        /// Nothing of the same text stands above it.
        var isFirst = false
        /// Nothing of the same quote or item stands below it.
        var isLast = false
        /// Of a list without empty lines: one of its items, or what stands below an item's first line.
        var isTight = false
        /// It begins the whole text: a heading of the highest level is then its title.
        var isTitle = false

        /// Between other blocks of the text.
        static let plain = Self()
        /// Where the whole text begins.
        static let title = Self(isFirst: true, isTitle: true)
    }

    private static let grey = "#9aa4b2"
    private static let tint = "background-color:rgba(127,138,153,0.14)"
    private static let letters = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace"

    /// Lists and quotes are set in from the side where lines begin.
    let direction: TextDirection

    /// The attributes of `tag`, beginning with a blank; empty for a tag without any.
    func attributes(of tag: String, _ place: Place = .plain) -> String {
        guard let style = style(of: tag, place) else { return "" }
        // Code runs from left to right in every language.
        let isTurned = tag == "pre" && direction == .rightToLeft
        // By which a layout finds it, whose colour it has.
        let isTitle = tag == "h1" && place.isTitle
        return (isTitle ? " class=\"title\"" : "") + (isTurned ? " dir=\"ltr\"" : "") + " style=\"\(style)\""
    }

    /// The attributes of a list; the longer its last number, the more room stands before it.
    func attributes(ofListUpTo lastNumber: Int, _ place: Place) -> String {
        let room = max(24, 14 + 9 * String(lastNumber).count)
        return " style=\"\(margin(place));padding:0;"
            + "padding-\(direction.start):\(room)px\""
    }

    private func style(of tag: String, _ place: Place) -> String? {
        let above = place.isFirst ? "0" : "24px"
        return switch tag {
        case "p": margin(place)
        case "li": "margin:0 0 \(place.isTight ? "6px" : "12px")"
        case "h1" where place.isTitle: "margin:0 0 20px;font-size:24px;line-height:1.25"
        case "h1": "margin:\(above) 0 12px;font-size:22px;line-height:1.3"
        case "h2": "margin:\(above) 0 12px;font-size:19px;line-height:1.3"
        case "h3", "h4", "h5", "h6": "margin:\(above) 0 10px;font-size:17px;line-height:1.3"
        case "blockquote":
            "\(margin(place));padding:2px 0;padding-\(direction.start):16px;"
                + "border-\(direction.start):4px solid \(Self.grey)"
        case "pre":
            "\(margin(place));padding:12px 14px;border-radius:6px;"
                + "\(Self.tint);\(Self.letters);font-size:14px;line-height:1.5;text-align:left;"
                + "white-space:pre-wrap;word-wrap:break-word;word-break:break-word"
        case "code": "\(Self.letters);font-size:0.92em;padding:1px 4px;border-radius:4px;\(Self.tint)"
        case "hr": "margin:24px 0;border:0;border-top:1px solid \(Self.grey)"
        case "a": "color:#0b57d0;text-decoration:underline"
        default: nil
        }
    }

    private func margin(_ place: Place) -> String {
        let (above, below) = (place.isTight ? "6px" : "0", place.isLast ? "0" : "16px")
        return above == below ? "margin:0" : "margin:\(above) 0 \(below)"
    }
}
