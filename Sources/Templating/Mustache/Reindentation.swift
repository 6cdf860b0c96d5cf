/// Gives lines of a parsed text another indentation: blanks taken away, others put before.
///
/// Source: https://github.com/mustache/spec, `~inheritance`, "Block reindentation" and the cases after it.
struct Reindentation {
    /// How many blanks at most each line loses.
    let removing: Int
    /// What each line that is not empty begins with.
    let adding: [UInt8]
    private var isLineStart = true

    /// `nodes`, the first of which begins a line.
    static func applied(to nodes: [MustacheNode], removing: Int, adding: [UInt8]) -> [MustacheNode] {
        guard removing > 0 || !adding.isEmpty else { return nodes }
        var reindentation = Self(removing: removing, adding: adding)
        return reindentation.applied(to: nodes)
    }

    private init(removing: Int, adding: [UInt8]) {
        self.removing = removing
        self.adding = adding
    }

    private mutating func applied(to nodes: [MustacheNode]) -> [MustacheNode] {
        nodes.flatMap { node -> [MustacheNode] in
            switch node {
            case .text(let bytes): return [.text(text(bytes))]
            case .value: return begun() + [node]
            case .section(let name, let isInverted, let children, let place):
                return [.section(name, isInverted: isInverted, applied(to: children), place)]
            case .partial(let name, let indent, let place):
                guard let indent else { return begun() + [node] }
                return [.partial(name, indent: shifted(indent), place)]
            case .parent(var parent):
                guard let indent = parent.indent else { return begun() + [node] }
                parent.indent = shifted(indent)
                return [.parent(parent)]
            case .block(var block):
                block.nodes = applied(to: block.nodes)
                guard block.isOwnLines else { return [.block(block)] }
                block.indent = shifted(block.indent)
                isLineStart = true
                return [.block(block)]
            }
        }
    }

    /// What has to stand before something that is no text.
    private mutating func begun() -> [MustacheNode] {
        defer { isLineStart = false }
        return isLineStart && !adding.isEmpty ? [.text(adding)] : []
    }

    private func shifted(_ indent: [UInt8]) -> [UInt8] { adding + indent.dropFirst(removing) }

    private mutating func text(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            if isLineStart {
                rest = rest.dropFirst(min(removing, rest.prefix { $0 == 0x20 || $0 == 0x09 }.count))
                let isEmptyLine = rest.first == UInt8(ascii: "\n") || rest.first == UInt8(ascii: "\r")
                if !isEmptyLine { result += adding }
            }
            let end = rest.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.endIndex
            result += rest[rest.startIndex..<end]
            isLineStart = rest[..<end].last == UInt8(ascii: "\n")
            rest = rest[end...]
        }
        return result
    }
}

extension [MustacheNode] {
    /// The blanks with which the first line that is not empty begins.
    var firstIndent: [UInt8] {
        guard let first else { return [] }
        switch first {
        case .text(let bytes):
            let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D }
            let line = lines.first { !$0.allSatisfy(isBlank) } ?? lines.last ?? []
            return [UInt8](line.prefix { $0 == 0x20 || $0 == 0x09 })
        case .section(_, _, let children, _): return children.firstIndent
        case .partial(_, let indent, _): return indent ?? []
        case .parent(let parent): return parent.indent ?? []
        case .block(let block): return block.isOwnLines ? block.indent : block.nodes.firstIndent
        case .value: return []
        }
    }
}
