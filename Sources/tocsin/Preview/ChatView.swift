/// A short message as a telephone shows it, and how much of what is allowed it takes.
struct ChatView {
    /// Whom it comes from, as far as that is known here.
    let sender: String
    let locale: String
    /// What it takes, such as `120 of 160 units`.
    let counters: [String]
    /// How much of how much.
    let meter: (taken: Int, limit: Int)
    /// Writes the text into the bubble.
    let text: (inout Markup) -> Void

    /// Appends it; `look` is the class of its bubble.
    func append(to page: inout Markup, look: String) {
        page.element("div", ["class": "chat \(look)"]) { page in
            page.element("div", ["class": "from"], text: sender)
            page.element("div", ["class": "bubble", "dir": "auto", "lang": locale], text)
        }
        page.element("p", ["class": "counters"]) { page in
            page.element("progress", ["value": "\(min(meter.taken, meter.limit))", "max": "\(meter.limit)"]) {
                _ in
            }
            page.text(counters.joined(separator: " · "))
        }
    }
}
