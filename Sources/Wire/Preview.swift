import Foundation

extension WireRequest {
    /// The request as text for people: what goes over the wire, secrets hidden, nothing a terminal would obey.
    public func preview(redactor: Redactor) -> String {
        switch self {
        case .http(let request): redactor.redacted(request.preview).withVisibleControls
        case .mail(let request): redactor.redacted(request.preview).withVisibleControls
        }
    }
}

extension HTTPRequest {
    fileprivate var preview: String {
        let schemeEnd = url.range(of: "://")?.upperBound ?? url.startIndex
        let pathStart = url[schemeEnd...].firstIndex { "/?".contains($0) } ?? url.endIndex
        let path = url[pathStart...]
        let target = path.hasPrefix("/") ? String(path) : "/" + path
        let fields = headers.map(\.shown)
        let start = ["\(method) \(target) HTTP/1.1", "Host: \(url[schemeEnd..<pathStart])"]
        return (start + fields + [""] + (body.isEmpty ? [] : [readableBody])).joined(separator: "\n") + "\n"
    }

    /// The body indented when it is JSON, as it is when it is text, else only its length.
    private var readableBody: String {
        if let tree = try? JSONSerialization.jsonObject(with: Data(body)),
            let pretty = try? JSONSerialization.data(
                withJSONObject: tree, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        {
            return String(decoding: pretty, as: UTF8.self)
        }
        return String(validating: body, as: UTF8.self) ?? "(\(body.count) bytes that are no text)"
    }
}

extension HeaderField {
    /// The field as people may see it.
    var shown: String { "\(name): \(isSignature ? "[signature]" : value)" }

    /// Whether its value proves who sends: one that is shown could be sent by anybody who reads it.
    private var isSignature: Bool { name.lowercased() == "webhook-signature" }
}

extension MailRequest {
    fileprivate var preview: String {
        let text = String(decoding: message, as: UTF8.self).replacing("\r\n", with: "\n")
        return "MAIL FROM:<\(sender)>\nRCPT TO:<\(recipient)>\n\n" + text
    }
}

extension String {
    /// Controls other than line feed and tab written as `\u{1B}`, so that a preview cannot steer a terminal.
    fileprivate var withVisibleControls: String {
        let isControl = { (scalar: UnicodeScalar) in
            scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
        }
        guard unicodeScalars.contains(where: isControl) else { return self }
        return unicodeScalars.map { isControl($0) ? $0.escaped(asASCII: true) : String($0) }.joined()
    }
}
