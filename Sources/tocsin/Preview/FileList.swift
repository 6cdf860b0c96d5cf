import Broadcast
import Channels
import Foundation
import Templating

/// The files of a message, as its reader finds them below it.
struct FileList {
    let files: [SampleFile]

    /// Appends it; nothing when there are none.
    func append(to page: inout Markup) {
        guard !files.isEmpty else { return }
        page.element("ul", ["class": "files"]) { page in
            for file in files {
                page.element(
                    "li", ["class": file.way.rawValue, "dir": "auto"], text: Plain.text(file.text, limit: 500)
                )
            }
        }
    }
}

extension Attachment {
    /// It as an address that holds it whole, or only as its frame.
    func shownAddress(framed: Bool) -> String {
        guard !framed, let content = file.content else { return standIn }
        return "data:\(file.type);base64,\(Data(content.bytes).base64EncodedString())"
    }

    private var standIn: String {
        let (width, height) = (file.pixels?.width ?? 600, file.pixels?.height ?? 300)
        let picture = """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 600 300" \
            preserveAspectRatio="none"><rect width="600" height="300" fill="#9aa4b2"/></svg>
            """
        return "data:image/svg+xml;base64,\(Data(picture.utf8).base64EncodedString())"
    }
}

extension RenderedContent {
    /// The HTML as a mail program shows it, its picture in the page itself.
    func shownHTML(framed: Bool) -> String {
        let page = String(decoding: html, as: UTF8.self)
        guard let image = enclosures.image else { return page }
        return page.replacing(image.contentURL, with: image.shownAddress(framed: framed))
    }
}
