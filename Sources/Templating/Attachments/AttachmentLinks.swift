import Broadcast

extension RenderedContent {
    /// The same with its files, and with links to those that its channel does not carry where its text has none.
    func enclosing(_ enclosures: Enclosures) -> RenderedContent {
        var content = self
        content.enclosures = enclosures
        return content.enclosing(links: .max)
    }

    /// The same with links to the first `links` of its files that have one, where its text has none and its channel does
    /// not carry them.
    func enclosing(links: Int) -> RenderedContent {
        var content = self
        guard form != .email, json == nil else { return content }
        for attachment in enclosures.files.filter({ $0.url != nil }).prefix(links) {
            // Where a link has no words, one is enough for all that are found there.
            guard let url = attachment.url, !(form == .sms ? content : self).says(url) else { continue }
            content.append(url, called: attachment.name)
        }
        content.linkBytes = content.text.count - text.count
        content.linkHTMLBytes = content.html.count - html.count
        return content
    }

    /// Whether its reader gets a link to `attachment`.
    public func links(to attachment: Attachment) -> Bool { mayLink && attachment.url.map(says) ?? false }

    /// Whether what is sent is a text that links may follow.
    public var mayLink: Bool { !isTextLeft && json == nil }

    /// Whether `url` stands in its text, and not as a part of another link.
    private func says(_ url: String) -> Bool {
        var written: [UInt8] = []
        written.append(url, as: form == .telegram ? .linkInHTML : .plain)
        var rest = text[...]
        while let found = rest.firstRange(of: written) {
            let before = text[..<found.lowerBound].last
            if before.map(\.goesOnBeforeLink) != true, text[found.upperBound...].endsLink { return true }
            rest = rest[(found.lowerBound + 1)...]
        }
        return false
    }

    private mutating func append(_ url: String, called name: String) {
        switch form {
        case .email: return
        case .sms: text += Array(" \(url)".utf8)
        case .telegram:
            text += Array("\n\n".utf8)
            text.append(url, called: name)
        case .webhook:
            text += Array("\n\n\(name): \(url)".utf8)
            html += Array("<p>".utf8)
            html.append(url, called: name)
            html += Array("</p>\n".utf8)
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ url: String, called name: String) {
        self += Array("<a href=\"".utf8)
        append(url, as: .linkInHTML)
        self += Array("\">".utf8)
        append(name, as: .html)
        self += Array("</a>".utf8)
    }
}

extension ArraySlice<UInt8> {
    /// Whether a link that stands before it is over: a mark may follow that ends a sentence.
    fileprivate var endsLink: Bool {
        guard let next = drop(while: ".,;:!?'*_~".utf8.contains).first else { return true }
        // Addresses are ASCII by now: `…`, `”` and `。` are no part of them.
        return next.isASCIIBlank || next >= 0x80 || "\"<>)]}|".utf8.contains(next)
    }
}

extension UInt8 {
    /// Whether a link behind it is a part of what it belongs to.
    fileprivate var goesOnBeforeLink: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "/=&?%#".utf8.contains(self)
        }
    }
}
