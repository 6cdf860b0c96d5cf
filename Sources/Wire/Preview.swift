import Foundation

extension WireRequest {
    /// The request as a rehearsal keeps it, byte for byte: of a mail its message, of an HTTP request method and URL,
    /// headers, and behind an empty line its body.
    ///
    /// Secrets are hidden, and of files that follow only the beginning and the end are there.
    public func exact(redactor: Redactor) -> String {
        let written =
            switch self {
            case .http(let request): request.written
            case .mail(let request): request.message
            }
        return String(decoding: redactor.redacted(whole: written), as: UTF8.self) + shortened(tail)
    }

    /// Whether ``exact(redactor:)`` leaves out some of it.
    public var isShortened: Bool { tail.contains { !ShownPiece($0).isWhole } }

    private var tail: [[UInt8]] {
        switch self {
        case .http(let request): request.tail
        case .mail(let request): request.tail
        }
    }

    /// From whom and to whom a mail goes, whatever its head says; nil where there is no such thing.
    public var envelope: String? {
        guard case .mail(let request) = self else { return nil }
        return "MAIL FROM:<\(request.sender)>\nRCPT TO:<\(request.recipient)>"
    }

    /// Whether ``preview(redactor:)`` writes its body in lines of their own, which it does not have.
    public var isIndentedInPreview: Bool {
        guard case .http(let request) = self else { return false }
        return request.indentedBody != nil
    }

    /// The request as text for people: what goes over the wire, a JSON body indented, secrets hidden, nothing a terminal
    /// would obey.
    public func preview(redactor: Redactor) -> String {
        switch self {
        case .http(let request): readable(request.preview, redactor)
        case .mail(let request): readable((envelope ?? "") + "\n\n" + request.preview, redactor)
        }
    }

    private func readable(_ text: String, _ redactor: Redactor) -> String {
        redactor.redacted(text.replacing("\r\n", with: "\n")).withVisibleControls
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

    /// The body in lines when it is JSON, as it is when it is text, else only its length.
    private var readableBody: String {
        indentedBody ?? String(validating: body, as: UTF8.self) ?? "(\(body.count) bytes that are no text)"
    }

    /// The body in lines when it is JSON, else nil.
    fileprivate var indentedBody: String? {
        let options: JSONSerialization.WritingOptions = [
            .prettyPrinted, .sortedKeys, .withoutEscapingSlashes,
        ]
        guard let tree = try? JSONSerialization.jsonObject(with: Data(body)),
            let pretty = try? JSONSerialization.data(withJSONObject: tree, options: options)
        else { return nil }
        return String(decoding: pretty, as: UTF8.self)
    }
}

/// `tail` as people may see it.
private func shortened(_ tail: [[UInt8]]) -> String { tail.map { ShownPiece($0).text }.joined() }

/// A piece of a file as people may see it: of a long one its first and last lines, and how much is between.
private struct ShownPiece {
    let text: String
    let isWhole: Bool

    init(_ piece: [UInt8]) {
        let (few, lines) = (2_048, 2)
        guard piece.allSatisfy({ $0 >= 0x09 && $0 < 0x80 }) else {
            text = "(\(piece.count) bytes that are no text)\n"
            isWhole = false
            return
        }
        let end = piece.dropLast(2).lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let start =
            piece.indices.lazy.filter { piece[$0] == 0x0A }.dropFirst(lines - 1).first.map { $0 + 1 } ?? 0
        let text = { (bytes: ArraySlice<UInt8>) in String(decoding: bytes, as: UTF8.self) }
        isWhole = piece.count <= few || start >= end
        self.text =
            isWhole
            ? text(piece[...])
            : text(piece[..<start]) + "[… \(end - start) bytes left out here …]\r\n" + text(piece[end...])
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
        String(decoding: message, as: UTF8.self) + shortened(tail)
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
