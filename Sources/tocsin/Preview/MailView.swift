import Broadcast
import Foundation

/// A mail as a mail program shows it: its head, then its page on a telephone or a desk, light and dark.
struct MailView {
    let subject: String
    let sender: String
    let recipient: String
    let html: String
    let text: String
    let locale: String
    /// What tells it from others on the page.
    let number: Int
    /// How large the picture at its head is; nil for none.
    var image: PixelSize?

    /// Appends it.
    func append(to page: inout Markup) {
        page.element("dl", ["class": "head"]) { page in
            for (name, value) in [("From", sender), ("To", recipient), ("Subject", subject)]
            where !value.isEmpty {
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
        page.element("details") { page in
            page.element("summary", text: "Its plain text, for readers without HTML")
            page.element("pre", ["dir": "auto", "lang": locale], text: text)
        }
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

    /// In a sandbox nothing runs, and the page's own policy lets nothing be loaded.
    private func frame(_ look: String, _ page: inout Markup) {
        page.element("figure", ["class": look]) { page in
            page.element("div", ["class": "scroll"]) { page in
                page.element(
                    "iframe",
                    [
                        "sandbox": "", "title": "The mail, \(look)", "srcdoc": html,
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
