/// What is sent to a program, as a person can read it, and the whole request on demand.
struct RequestView {
    let request: String
    /// How many bytes the message has of which `request` leaves something out; nil where it is all there.
    var whole: Int?

    /// What stands behind the first empty line; empty when there is nothing.
    var body: String {
        guard let gap = request.firstRange(of: "\n\n") else { return "" }
        return String(request[gap.upperBound...])
    }

    /// Appends the body, in colours where it is JSON.
    func appendBody(to page: inout Markup) {
        let body = body
        guard !body.isEmpty else { return }
        page.element("pre", ["class": "json"]) { page in
            let isJSON = body.first == "{" || body.first == "["
            isJSON ? ColouredJSON.append(Plain.lines(body), to: &page) : page.text(Plain.lines(body))
        }
    }

    /// Appends everything that goes over the wire, folded away.
    func append(to page: inout Markup) {
        page.element("details") { page in
            let size = "Exactly what is sent, \(whole ?? request.utf8.count) bytes"
            page.element(
                "summary", text: whole == nil ? size : "\(size); of files only the beginning and the end")
            page.element("pre", text: Plain.lines(request))
        }
    }
}
