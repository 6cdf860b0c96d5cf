import Broadcast

/// What a link of a message leads to.
extension MarkdownDraft {
    /// The pieces of a URL, its host in ASCII; nil when it is none that a message may hold.
    ///
    /// A value that begins the URL must be all its scheme: one that is known is looked at here, one that a reader
    /// gives when the message is made.
    func linkPieces(of url: String) -> [MarkdownPiece]? {
        let pieces = pieces(of: url)
        switch pieces.first {
        case .text(let text)?:
            guard LinkPolicy.allows(text + (pieces.count > 1 ? "x" : "")) else { return nil }
            return (try? hosted(url)).map { self.pieces(of: $0) }
        case .use(let use)?:
            guard case .fixed(let text) = use.content, !use.isPlaceholder else { return pieces }
            return LinkPolicy.link(CleanText.oneLine(text)) == nil ? nil : pieces
        case nil: return nil
        }
    }

    /// Why there can be no host such as that of `url`, as the rest of a sentence; nil when there can.
    func hostProblem(of url: String) -> String? {
        do throws(ValueProblem) {
            _ = try hosted(url)
            return nil
        } catch {
            return error.reason
        }
    }

    /// `url` with its host in ASCII, in which only those values stay that a reader gives.
    ///
    /// These are percent-encoded there as everywhere, so that no label can be partly theirs and partly in other letters.
    private func hosted(_ url: String) throws(ValueProblem) -> String {
        guard var link = WebLink(url) else { return url }
        let host = String(String.UnicodeScalarView(link.host.unicodeScalars.flatMap(written)))
        guard host.unicodeScalars.contains(where: Self.isStandIn) else {
            link.host = try WebLink.asciiHost(host)
            return link.text
        }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false).map { String($0) }
        var known: [String] = []
        for label in labels { known.append(try ascii(label)) }
        link.host = known.joined(separator: ".")
        return link.text
    }

    /// A label of a host in which readers' values stand.
    private func ascii(_ label: String) throws(ValueProblem) -> String {
        let own = String(String.UnicodeScalarView(label.unicodeScalars.filter { !Self.isStandIn($0) }))
        let ascii = try WebLink.asciiHost(own)
        if own == label, !own.isEmpty { return ascii }
        if own != label, own == ascii { return label }
        let reason =
            own.isEmpty
            ? "has an empty label in its host (a dot too many)"
            : "has a host that joins a reader's value to other letters than those of ASCII"
        throw ValueProblem(.malformed, reason, expected: "a link such as https://www.acme.example/page")
    }

    /// What stands for a character of a host: a known value itself, of which a host has no further part.
    private func written(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        guard let use = use(for: scalar), !use.isPlaceholder, case .fixed(let text) = use.content else {
            return [scalar]
        }
        return Array(CleanText.oneLine(text).unicodeScalars)
    }
}
