import Broadcast

/// Reads `attachments` and `image` of front matter.
struct AttachmentEntryReader {
    /// The most files of one message: more is a folder, and belongs onto a page.
    static let mostFiles = 20
    /// More would not be shown by any program, and is not what a name is for.
    static let longestURL = 2_000

    let file: String
    private(set) var problems: [TemplateProblem] = []

    init(file: String) { self.file = file }

    /// The files of `attachments`; an empty list is none.
    mutating func attachments(_ node: YAMLNode) -> [AttachmentEntry] {
        let what = "attachments must be a list, such as [terms.pdf] or - { file: terms.pdf, name: Terms.pdf }"
        guard case .list(let items) = node.kind else {
            report(.valueInvalid, node.line, what)
            return []
        }
        guard items.count <= Self.mostFiles else {
            report(
                .tooComplex, node.line,
                "\(items.count) attachments; at most \(Self.mostFiles) go with a message")
            return []
        }
        var entries: [AttachmentEntry] = []
        for item in items {
            guard let entry = attachment(item, or: what) else { continue }
            if entries.contains(where: { $0.name.lowercased() == entry.name.lowercased() }) {
                report(
                    .valueInvalid, item.line,
                    "two attachments are called \(entry.name); give one another name")
            }
            entries.append(entry)
        }
        return entries
    }

    /// The picture of `image`; nil for none, or a wrong one.
    mutating func image(_ node: YAMLNode) -> AttachmentEntry? {
        if case .scalar(let text, isPlain: true) = node.kind, ["", "~", "null"].contains(text) { return nil }
        guard case .map(let facts) = node.kind else {
            report(.valueInvalid, node.line, "image must be { file: FILE, alt: what it shows }")
            return nil
        }
        let values = values(facts, among: ["file", "alt"], of: "image")
        guard let path = path(values["file"], node.line) else { return nil }
        guard let alt = values["alt"]?.text, !alt.isEmpty else {
            let what = "the image has no alt; write alt: what it shows, for those who do not see it"
            report(.valueInvalid, node.line, what)
            return nil
        }
        let place = Place(file: file, line: values["alt"]?.line)
        return AttachmentEntry(file: path, name: AttachmentName.of(path), url: nil, alt: alt, place: place)
    }

    private mutating func attachment(_ node: YAMLNode, or what: String) -> AttachmentEntry? {
        var values: [String: (text: String, line: Int)] = [:]
        switch node.kind {
        case .scalar(let text, _): values["file"] = (text, node.line)
        case .map(let facts):
            values = self.values(facts, among: ["file", "name", "url"], of: "an attachment")
        case .list:
            report(.valueInvalid, node.line, what)
            return nil
        }
        guard let path = path(values["file"], node.line) else { return nil }
        if let given = values["name"] { judge(name: given) }
        let name = AttachmentName.of(values["name"]?.text ?? path)
        var url: String?
        if let value = values["url"] { url = link(value) }
        return AttachmentEntry(
            file: path, name: name, url: url, alt: "", place: Place(file: file, line: node.line))
    }

    /// What an author writes as a name is not to arrive as another.
    private mutating func judge(name: (text: String, line: Int)) {
        if name.text.isEmpty {
            report(
                .valueInvalid, name.line, "the name is empty; leave name: away, and the file's own is taken")
        } else if name.text.contains(where: { $0 == "/" || $0 == "\\" }) {
            let what = "a name has no / or \\; write another sign, such as Prices 11-2026.pdf"
            report(.valueInvalid, name.line, what)
        } else if case let arriving = AttachmentName.of(name.text), arriving != name.text {
            let shown = CleanText.oneLine(String(name.text.prefix(80)))
            let what =
                "the name “\(shown)” would arrive as “\(arriving)”; write one of at most 100 characters"
            report(.valueInvalid, name.line, "\(what), without a point at its beginning or end")
        }
    }

    private mutating func values(
        _ facts: [YAMLNode.Entry], among keys: [String], of what: String
    ) -> [String: (text: String, line: Int)] {
        var values: [String: (text: String, line: Int)] = [:]
        for fact in facts {
            guard keys.contains(fact.key) else {
                let nearest = NearestName.of(fact.key, in: keys)
                report(
                    .keyUnknown, fact.line, "\(what) has \(keys.joined(separator: ", "))", nearest: nearest)
                continue
            }
            guard case .scalar(let text, _) = fact.value.kind, !text.contains(where: \.isNewline) else {
                report(.valueInvalid, fact.line, "\(fact.key) must be one line of text")
                continue
            }
            guard !text.unicodeScalars.contains(where: \.isControl) else {
                report(.valueInvalid, fact.line, "\(fact.key) holds an invisible character; write it anew")
                continue
            }
            if fact.key != "file", let line = fact.value.commentLine { reportComment(of: fact.key, line) }
            values[fact.key] = (text.trimmingBlanks, fact.value.line)
        }
        return values
    }

    private mutating func reportComment(of key: String, _ line: Int) {
        let what = "\(key) ends at the #, behind which YAML takes everything for a comment"
        report(.valueInvalid, line, "\(what); put the text in double quotes")
    }

    /// A path that stays within the template's folder, as far as its text says.
    private mutating func path(_ value: (text: String, line: Int)?, _ line: Int) -> String? {
        guard let (text, line) = value, !text.isEmpty else {
            report(.valueInvalid, line, "no file is named; write file: and its path from this folder")
            return nil
        }
        guard !text.unicodeScalars.contains(where: \.isControl) else {
            report(.pathRefused, line, "the path holds an invisible character; write it anew")
            return nil
        }
        let parts = text.split(separator: "/").filter { $0 != "." }
        let isInside = !text.hasPrefix("/") && !parts.isEmpty && !parts.contains("..")
        if isInside, text.utf8.count <= 1_000 { return parts.joined(separator: "/") }
        let shown = CleanText.oneLine(String(text.prefix(80)))
        let isFolder = parts.isEmpty && !text.hasPrefix("/")
        let what =
            isFolder
            ? "“\(shown)” is the template's folder; name a file in it"
            : "“\(shown)” leads out of the template's folder; put the file beside message.md, or below it"
        report(.pathRefused, line, what)
        return nil
    }

    private mutating func link(_ value: (text: String, line: Int)) -> String? {
        if let url = written(value.text) {
            let isPlain = url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"<>\\^`{|}".utf8.contains($0) }
            let isWhole = url.wholeMatch(of: /https:\/\/[A-Za-z0-9.\-]+(:[0-9]+)?([\/?#].*)?/) != nil
            if isPlain, isWhole, url.utf8.count <= Self.longestURL { return url }
        }
        report(
            .valueInvalid, value.line, "url must be an https link, such as https://www.acme.example/terms.pdf"
        )
        return nil
    }

    /// `url` as every program knows it that follows links; nil when there can be no such host.
    private func written(_ url: String) -> String? {
        guard url.hasPrefix("https://"), let link = LinkPolicy.link(url) else { return nil }
        var bytes: [UInt8] = []
        for byte in link.utf8 {
            if byte < 0x80 { bytes.append(byte) } else { PercentEncoding.append(byte, to: &bytes) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func report(
        _ code: TemplateProblem.Code, _ line: Int, _ what: String, nearest: String? = nil
    ) {
        problems.append(TemplateProblem(code, Place(file: file, line: line), what, nearest: nearest))
    }
}

extension String {
    /// Without the blanks around it.
    fileprivate var trimmingBlanks: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
