/// An address that stands in a text as it is, and is no link, as only a part of it would lead anywhere.
struct CutAddress {
    /// Values by their names.
    let address: String
    let touch: WordTouch
}

/// What touches a word, so that it may go on there, as that of `https://a.example/_x_` does.
enum WordTouch {
    case sign, link
}

/// Makes a link of each `https` address that stands in a text as it is, as mail programs do of their own accord.
///
/// Strictly: a whole word that begins with `https://` and a host, or with an address of the configuration. No other
/// value begins one.
struct BareLinks {
    /// In characters; what is longer is no address that people write, and would take long to look at.
    private static let longest = 2_000
    private static let scheme = Array("https://".unicodeScalars)
    /// What may stand before an address, besides a blank.
    private static let opening = Set("([{<\"'“„‘‚«‹（「『".unicodeScalars)
    /// What ends a sentence, or a part of it, and not the address.
    private static let closing = Set(".,;:!?'*_~".unicodeScalars)

    let draft: MarkdownDraft

    /// `tree` with its links.
    func applied(to tree: MarkdownTree) -> MarkdownTree {
        tree.map { block in
            switch block {
            case .paragraph(let inlines): .paragraph(linked(inlines, Glue()))
            case .heading(let level, let inlines): .heading(level: level, linked(inlines, Glue()))
            case .quote(let blocks): .quote(applied(to: blocks))
            case .list(let start, let isTight, let items):
                .list(start: start, isTight: isTight, items.map(applied))
            case .code, .rule, .html: block
            }
        }
    }

    /// The addresses of `tree` that are no links because of what touches them.
    func cut(in tree: MarkdownTree) -> [CutAddress] {
        tree.flatMap { block -> [CutAddress] in
            switch block {
            case .paragraph(let inlines), .heading(_, let inlines): cut(in: inlines, Glue())
            case .quote(let blocks): cut(in: blocks)
            case .list(_, _, let items): items.flatMap(cut)
            case .code, .rule, .html: []
            }
        }
    }

    private func cut(in inlines: [MarkdownInline], _ outer: Glue) -> [CutAddress] {
        inlines.indices.flatMap { index -> [CutAddress] in
            let glue = glue(around: index, of: inlines, within: outer)
            switch inlines[index] {
            case .text(let text): return cut(in: text, glue)
            case .emphasis(let words), .strong(let words): return cut(in: words, glue)
            case .code, .link, .image, .softBreak, .hardBreak, .html: return []
            }
        }
    }

    private func cut(in text: String, _ glue: Glue) -> [CutAddress] {
        let scalars = Array(text.unicodeScalars)
        let links = addresses(in: scalars, glue)
        return addresses(in: scalars, Glue()).filter { !links.contains($0) }.map { address in
            let touch = address.lowerBound == 0 ? glue.before ?? glue.behind : glue.behind
            return CutAddress(address: authored(string(scalars[address])), touch: touch ?? .sign)
        }
    }

    private func authored(_ url: String) -> String {
        draft.pieces(of: url).map { piece in
            switch piece {
            case .text(let text): text
            case .use(let use): "{{\(use.name)}}"
            }
        }.joined()
    }

    private func linked(_ inlines: [MarkdownInline], _ outer: Glue) -> [MarkdownInline] {
        inlines.indices.flatMap { index -> [MarkdownInline] in
            let inline = inlines[index]
            let glue = glue(around: index, of: inlines, within: outer)
            switch inline {
            case .text(let text): return linked(text, glue)
            case .emphasis(let words): return [.emphasis(linked(words, glue))]
            case .strong(let words): return [.strong(linked(words, glue))]
            case .code, .link, .image, .softBreak, .hardBreak, .html: return [inline]
            }
        }
    }

    /// What the first and the last word of a text may go on in: of an address only a part would be a link.
    private struct Glue {
        var before: WordTouch?
        var behind: WordTouch?
    }

    /// That of one of `inlines`; of the first and the last, as far as that of all of them, `outer`.
    private func glue(around index: Int, of inlines: [MarkdownInline], within outer: Glue) -> Glue {
        let isLast = index + 1 == inlines.count
        return Glue(
            before: index == 0 ? outer.before : touch(of: inlines[index - 1], where: endsInAddress),
            behind: isLast ? outer.behind : touch(of: inlines[index + 1], where: goesOn))
    }

    /// A text touches a word only where that `isMore` of an address: `**https://a.example**/x` cuts one, and
    /// a `.` does not.
    private func touch(of inline: MarkdownInline, where isMore: (String) -> Bool) -> WordTouch? {
        switch inline {
        case .emphasis, .strong, .code: .sign
        case .link, .image: .link
        case .text(let text): isMore(text) ? .sign : nil
        case .softBreak, .hardBreak, .html: nil
        }
    }

    private func goesOn(_ text: String) -> Bool {
        var word = Array(text.unicodeScalars.prefix(Self.longest).prefix(while: mayStandInAddress))[...]
        while isBehind(word) { word.removeLast() }
        return !word.isEmpty
    }

    private func endsInAddress(_ text: String) -> Bool {
        let word = text.unicodeScalars.suffix(Self.longest).reversed().prefix { !$0.properties.isWhitespace }
        return word.contains(where: isLink)
            || String(String.UnicodeScalarView(word.reversed())).contains("://")
    }

    private func linked(_ text: String, _ glue: Glue) -> [MarkdownInline] {
        let scalars = Array(text.unicodeScalars)
        var inlines: [MarkdownInline] = []
        var start = 0
        for address in addresses(in: scalars, glue) {
            let url = string(scalars[address])
            // `<{{links.page}}>`, as Markdown has it of an address.
            let isBracketed =
                isLink(scalars[address.lowerBound]) && address.lowerBound > 0
                && scalars[address.lowerBound - 1] == "<" && address.upperBound < scalars.count
                && scalars[address.upperBound] == ">"
            let before = string(scalars[start..<(address.lowerBound - (isBracketed ? 1 : 0))])
            if !before.isEmpty { inlines.append(.text(before)) }
            inlines.append(.link(url: url, [.text(url)]))
            start = address.upperBound + (isBracketed ? 1 : 0)
        }
        if start < scalars.count { inlines.append(.text(string(scalars[start...]))) }
        return inlines
    }

    private func addresses(in scalars: [Unicode.Scalar], _ glue: Glue) -> [Range<Int>] {
        var addresses: [Range<Int>] = []
        var index = 0
        while index < scalars.count {
            let end = endOfAddress(in: scalars, from: index, glue)
            if let end { addresses.append(index..<end) }
            index = end ?? index + 1
        }
        return addresses
    }

    /// Where the address ends that begins at `start`; nil when none does.
    private func endOfAddress(
        in scalars: [Unicode.Scalar], from start: Int, _ glue: Glue
    ) -> Int? {
        let known = isLink(scalars[start]) ? 1 : Self.scheme.count
        guard isLink(scalars[start]) || scalars[start...].starts(with: Self.scheme) else { return nil }
        if start == 0, glue.before != nil { return nil }
        if start > 0 {
            let before = scalars[start - 1]
            guard before.properties.isWhitespace || Self.opening.contains(before) else { return nil }
        }
        var end = start + known
        while end < scalars.count, mayStandInAddress(scalars[end]) {
            guard end - start < Self.longest else { return nil }
            end += 1
        }
        // What goes on with letters that no address has as they are would lead elsewhere.
        if end < scalars.count, scalars[end].properties.isAlphabetic { return nil }
        if end == scalars.count, glue.behind != nil { return nil }
        while end > start + known, isBehind(scalars[start..<end]) { end -= 1 }
        let url = string(scalars[start..<end])
        return hasHost(url) && draft.linkPieces(of: url) != nil ? end : nil
    }

    /// Whether the last character belongs to the sentence around the address.
    private func isBehind(_ address: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let last = address.last else { return false }
        switch last {
        case ")": return address.count { $0 == ")" } > address.count { $0 == "(" }
        case "]": return address.count { $0 == "]" } > address.count { $0 == "[" }
        default: return Self.closing.contains(last)
        }
    }

    private func hasHost(_ url: String) -> Bool {
        guard let first = url.unicodeScalars.first, !isLink(first) else { return true }
        let host = url.dropFirst(Self.scheme.count).prefix { !"/?#".contains($0) }
        return host.contains(".") || host.unicodeScalars.contains(where: MarkdownDraft.isStandIn)
    }

    /// Whether it stands for an address of the configuration: no other value is ever markup.
    private func isLink(_ scalar: Unicode.Scalar) -> Bool {
        guard let use = draft.use(for: scalar) else { return false }
        switch use.content {
        case .slot(.page, _): return true
        case .fixed(let text):
            return ["links.website", "sender.website"].contains(use.name) && text.hasPrefix("https://")
        case .slot, .part: return false
        }
    }

    private func mayStandInAddress(_ scalar: Unicode.Scalar) -> Bool {
        MarkdownDraft.isStandIn(scalar) || scalar.isASCII && UInt8(scalar.value).isURLByte
    }

    private func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        String(String.UnicodeScalarView(scalars))
    }
}
