import Broadcast

/// A link that no message may hold.
struct DroppedLink: Hashable {
    /// What its author wrote of it, without values.
    let written: String
    /// The longest part of that between two values, by which it is found.
    let mark: String
    /// The value that was given for its beginning, such as an address without `https://`, or for its host; nil for an
    /// author's own link.
    let given: ValueUse?
    /// What is wrong with its host, as the rest of a sentence; nil when it is no link of an allowed kind at all.
    let hostProblem: String?

    init(_ url: String, of draft: MarkdownDraft) {
        let parts = url.unicodeScalars.split(whereSeparator: MarkdownDraft.isStandIn).map { String($0) }
        written = CleanText.oneLine(parts.joined())
        mark = parts.max { $0.utf8.count < $1.utf8.count } ?? ""
        let pieces = draft.pieces(of: url)
        if case .text? = pieces.first {
            hostProblem = draft.hostProblem(of: url)
            let host = hostProblem == nil ? "" : WebLink(url)?.host ?? ""
            given = draft.pieces(of: host).lazy.compactMap(\.given).first
        } else {
            hostProblem = nil
            given = pieces.first?.given
        }
    }
}

extension MarkdownPiece {
    /// The value, when somebody gave it for this announcement.
    fileprivate var given: ValueUse? {
        guard case .use(let use) = self, case .fixed(let text) = use.content, !text.isEmpty else {
            return nil
        }
        return use
    }
}

extension VariantCompiler {
    /// Words that only seem to lead somewhere would mislead everybody: what was given has to be a link.
    mutating func report(_ links: [DroppedLink]) {
        var advice: [Advice] = []
        for link in links {
            let what = "\(link.hostProblem ?? "is no https, http, mailto or tel link"); its words stay"
            if let use = link.given, case .fixed(let text) = use.content {
                report(link, given: text, as: use)
            } else if link.written.isEmpty {
                advice.append(Advice(.linkDropped, .text("]()"), "a link without an address \(what)"))
            } else {
                let shown = "“\(link.written.prefix(80))” \(what)"
                advice.append(Advice(.linkDropped, .link(link.mark), shown))
            }
        }
        warnings += origin.problems(advice)
    }

    private mutating func report(_ link: DroppedLink, given text: String, as use: ValueUse) {
        let shown = CleanText.oneLine(String(text.prefix(80)))
        let given = "\(use.name) is “\(shown)”"
        let reason =
            link.hostProblem.map { "; the link with it \($0)" }
            ?? ", which is no https, http, mailto or tel link"
        let isHost = shown.wholeMatch(of: /[A-Za-z0-9.-]+\.[A-Za-z]{2,}([\/?#].*)?/) != nil
        let nearest = isHost && link.hostProblem == nil ? "https://\(shown)" : nil
        problems.append(
            TemplateProblem(.valueUnsafe, use.place, given + reason, nearest: nearest, cause: given))
    }
}
