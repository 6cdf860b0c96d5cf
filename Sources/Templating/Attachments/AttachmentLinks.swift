import Broadcast

extension RenderedContent {
    /// The same with its files, and with links to those that its channel does not carry, where the text has none.
    func enclosing(_ enclosures: Enclosures) -> RenderedContent {
        guard !enclosures.isEmpty else { return self }
        var content = self
        content.enclosures = enclosures
        for attachment in enclosures.files {
            guard let url = attachment.url, form != .email, json == nil, !content.text.holds(url, form) else {
                continue
            }
            content.append(url, called: attachment.name)
        }
        return content
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
    /// Whether `url` stands in it, as a text of `form` would have it.
    fileprivate func holds(_ url: String, _ form: ContentForm) -> Bool {
        var written: [UInt8] = []
        written.append(url, as: form == .telegram ? .linkInHTML : .plain)
        return firstRange(of: written) != nil
    }

    fileprivate mutating func append(_ url: String, called name: String) {
        self += Array("<a href=\"".utf8)
        append(url, as: .linkInHTML)
        self += Array("\">".utf8)
        append(name, as: .html)
        self += Array("</a>".utf8)
    }
}
