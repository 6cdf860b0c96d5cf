import Broadcast
import Foundation
import Templating

/// A mail as a mail program shows it: its head, then its page on a telephone or a desk, light and dark.
struct MailView {
    private let subject: String
    private let head: Sample.Head
    private let html: InertHTML
    private let text: String
    private let locale: String
    /// What tells it from others on the page.
    private let number: Int
    /// How large the picture at its head is; nil for none.
    private let image: PixelSize?

    /// The mail that `content` is, its picture whole or `framed`.
    init(sample: Sample, content: RenderedContent, number: Int, framed: Bool) {
        subject = String(decoding: content.title, as: UTF8.self)
        head = sample.head
        html = InertHTML(content.shownHTML(framed: framed))
        text = content.plainText
        locale = sample.locale
        self.number = number
        image = content.enclosures.image?.file.pixels
    }

    /// Appends it.
    func append(to page: inout Markup) {
        page.element("dl", ["class": "head"]) { page in
            for (name, value) in fields where !value.isEmpty {
                page.element("dt", text: name)
                page.element("dd", ["dir": "auto", "class": name.lowercased()], text: value)
            }
        }
        page.element("div", ["class": "views"]) { page in
            choice("phone", "Phone", isChosen: true, &page)
            choice("desk", "Desktop", isChosen: false, &page)
            page.element("div", ["class": "frames"]) { page in
                for look in ["light", "dark"] { frame(look, &page) }
            }
        }
        if let leftOut { page.element("p", ["class": "counters"], text: leftOut) }
        page.element("details") { page in
            page.element("summary", text: "Its plain text, for readers without HTML")
            page.element("pre", ["dir": "auto", "lang": locale], text: text)
        }
    }

    private var fields: [(String, String)] {
        let name = Plain.text(head.name, limit: 80)
        let address = head.address ?? ""
        return [
            ("From", head.sender ?? ""), ("To", name.isEmpty ? address : "\(name) <\(address)>"),
            ("Reply-To", head.replyTo ?? ""), ("Subject", subject), ("Begins", html.opening),
            ("Unsubscribe", head.unsubscribe ?? ""),
        ]
    }

    /// What of the mail is not shown here, which a reader's program may show; nil for nothing.
    private var leftOut: String? {
        let pictures =
            html.foreign == 0
            ? []
            : [CountText.text(html.foreign, "picture or style", "pictures or styles") + " from elsewhere"]
        let parts = pictures + html.leftOut
        return parts.isEmpty
            ? nil : "Not shown here, and not by every mail program: \(parts.joined(separator: ", "))"
    }

    private func choice(_ value: String, _ label: String, isChosen: Bool, _ page: inout Markup) {
        let id = "\(value)-\(number)"
        if isChosen {
            page.void(
                "input",
                ["type": "radio", "class": value, "name": "view-\(number)", "id": id, "checked": "checked"])
        } else {
            page.void("input", ["type": "radio", "class": value, "name": "view-\(number)", "id": id])
        }
        page.element("label", ["for": id], text: label)
    }

    /// What it holds loads nothing; should a browser think otherwise, in a sandbox nothing runs, and the page's own
    /// policy lets nothing be loaded.
    private func frame(_ look: String, _ page: inout Markup) {
        page.element("figure", ["class": look]) { page in
            page.element("div", ["class": "scroll"]) { page in
                page.element(
                    "iframe",
                    [
                        "sandbox": "", "title": "The mail, \(look)", "srcdoc": html.html,
                        "style":
                            "--phone:\(height(of: 38, over: 230, 335))px;--desk:\(height(of: 72, over: 320, 536))px",
                    ]
                ) { _ in }
            }
            page.element("figcaption", text: look == "light" ? "Light" : "Dark")
        }
    }

    /// About how high the mail is where so many characters stand in a line, in a frame so high, and its picture is so wide; more
    /// is scrolled to.
    private func height(of columns: Int, over frame: Int, _ width: Int) -> Int {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).reduce(0) {
            $0 + max(1, ($1.count + columns - 1) / columns)
        }
        let picture = image.map { 20 + $0.height * min(width, $0.width) / $0.width } ?? 0
        return min(max(frame + lines * 23, 340) + picture, 900)
    }
}
