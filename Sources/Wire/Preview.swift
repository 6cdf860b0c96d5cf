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
            + shortened(tail)
    }

    /// The body indented when it is JSON, as it is when it is text, else only its length.
    private var readableBody: String {
        if let tree = try? JSONSerialization.jsonObject(with: Data(body)),
            let pretty = try? JSONSerialization.data(
                withJSONObject: tree, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        {
            return String(decoding: pretty, as: UTF8.self)
        }
        let text = String(validating: body, as: UTF8.self)?.replacing("\r\n", with: "\n")
        return text ?? "(\(body.count) bytes that are no text)"
    }
}

/// `tail` as people may see it: of a long piece its first lines and its last, and how much stands between them.
private func shortened(_ tail: [[UInt8]]) -> String {
    let (few, lines) = (2_048, 2)
    return tail.map { piece in
        guard piece.allSatisfy({ $0 >= 0x09 && $0 < 0x80 }) else {
            return "(\(piece.count) bytes that are no text)\n"
        }
        let end = piece.dropLast(2).lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let start =
            piece.indices.lazy.filter { piece[$0] == 0x0A }.dropFirst(lines - 1).first.map { $0 + 1 } ?? 0
        let text = { (bytes: ArraySlice<UInt8>) in
            String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
        }
        guard piece.count > few, start < end else { return text(piece[...]) }
        return text(piece[..<start]) + "[… \(end - start) bytes left out here …]\n" + text(piece[end...])
    }.joined()
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
        return "MAIL FROM:<\(sender)>\nRCPT TO:<\(recipient)>\n\n" + text + shortened(tail)
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
