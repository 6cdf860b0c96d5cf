import Broadcast
import Templating

/// What is sent to a program, as a person can read it, and the whole request on demand.
struct RequestView {
    let sample: Sample

    /// Appends the body of a request, in colours and indented where it is JSON.
    func appendBody(to page: inout Markup) {
        guard let readable = sample.readable, let gap = readable.firstRange(of: "\n\n") else { return }
        let body = Plain.lines(String(readable[gap.upperBound...]))
        guard !body.isEmpty else { return }
        page.element("pre", ["class": "json"]) { page in
            sample.isIndented ? ColouredJSON.append(body, to: &page) : page.text(body)
        }
        if sample.isIndented { page.element("p", ["class": "counters"], text: "indented to be read") }
    }

    /// Appends everything that goes over the wire, byte for byte, folded away.
    func append(to page: inout Markup) {
        guard let request = sample.request else { return }
        page.element("details") { page in
            page.element("summary", text: summary)
            if let envelope = sample.envelope {
                page.element("pre", ["class": "envelope"], text: Plain.lines(envelope))
            }
            page.element("pre", ["class": "exact"], text: Plain.lines(request.replacing("\r\n", with: "\n")))
        }
    }

    private var summary: String {
        let bytes = CountText.text(sample.bytes ?? 0, "byte", "bytes")
        let what =
            if sample.envelope != nil { "a message of \(bytes), its lines end with CRLF" } else {
                sample.bytes == 0 ? "no body" : "a body of \(bytes)"
            }
        return "Exactly what is sent: \(what)"
            + (sample.isShort ? "; of files only the beginning and the end" : "")
    }
}
