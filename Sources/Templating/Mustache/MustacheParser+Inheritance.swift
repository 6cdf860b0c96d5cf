// Parents, `{{< name}}…{{/ name}}`, and blocks, `{{$ name}}…{{/ name}}`.
//
// A tag that begins its line and one that ends it make them lines of their own, though they stand on one: no line
// end is left of them, and each line of what is taken in gets their indentation.
extension MustacheParser {
    mutating func openParent(_ tag: Tag) throws(TemplateProblem) {
        try checkName(of: tag)
        try open(Frame(kind: .parent(tag.content), place: tag.place, indent: cutIndent(before: tag)))
    }

    mutating func openBlock(_ tag: Tag) throws(TemplateProblem) {
        try checkName(of: tag)
        var frame = Frame(kind: .block(tag.content), place: tag.place, indent: cutIndent(before: tag))
        if isInParent || frame.indent != nil, let end = lineEnd(after: tag.end) {
            frame.isAlone = true
            position = end
        }
        try open(frame)
    }

    mutating func closeParent(_ name: String, _ tag: Tag) {
        let isFirst = lineStart(before: tag.start) != nil
        let frame = closed()
        var parent = MustacheParent(
            name: name, blocks: [], hasStrayText: frame.nodes.contains(where: \.isStray), place: frame.place)
        parent.blocks = frame.nodes.compactMap { if case .block(let block) = $0 { block } else { nil } }
        if isFirst || frame.indent != nil, let end = lineEnd(after: tag.end) {
            position = end
            parent.indent = frame.indent ?? []
        } else if let indent = frame.indent, !indent.isEmpty {
            append(.text(indent))
        }
        append(.parent(parent))
    }

    mutating func closeBlock(_ name: String, _ tag: Tag) {
        let left = lineStart(before: tag.start)
        let right = lineEnd(after: tag.end)
        if let left, right != nil || isBlockGiven { _ = cutBlanks(from: left, to: tag.start) }
        let isGiven = isBlockGiven
        let frame = closed()
        var block = MustacheBlock(name: name, nodes: frame.nodes, place: frame.place)
        if isGiven {
            if frame.isAlone {
                block.indent = block.nodes.firstIndent
                block.nodes = Reindentation.applied(
                    to: block.nodes, removing: block.indent.count, adding: [])
            }
        } else if let right, let indent = frame.indent {
            position = right
            settle(&block, indent, isAlone: frame.isAlone)
            block.isOwnLines = right > tag.end && source[right - 1] == UInt8(ascii: "\n")
        } else {
            if let right, left != nil { position = right }
            if let indent = frame.indent, !frame.isAlone, !indent.isEmpty { append(.text(indent)) }
        }
        append(.block(block))
    }

    /// Whether `tag` ends a parent or a block, whose lines are decided about when all of it is known.
    func isClosingInheritance(_ tag: Tag) -> Bool {
        guard tag.sigil == UInt8(ascii: "/") else { return false }
        return switch frames.last?.kind {
        case .parent, .block: true
        case .source, .section, nil: false
        }
    }

    /// Gives a block on lines of its own its indentation: that of its content, else of its tag.
    private func settle(_ block: inout MustacheBlock, _ indent: [UInt8], isAlone: Bool) {
        block.indent = isAlone && !block.nodes.isEmpty ? block.nodes.firstIndent : indent
        if !isAlone, !block.nodes.isEmpty, !indent.isEmpty { block.nodes.insert(.text(indent), at: 0) }
    }

    /// Whether the tag at hand stands directly within a parent's tags.
    private var isInParent: Bool { if case .parent? = frames.last?.kind { true } else { false } }

    /// Whether the block at hand is given to a parent.
    private var isBlockGiven: Bool {
        if case .parent? = frames.dropLast().last?.kind { true } else { false }
    }

    private mutating func cutIndent(before tag: Tag) -> [UInt8]? {
        lineStart(before: tag.start).map { cutBlanks(from: $0, to: tag.start) }
    }

    private func checkName(of tag: Tag) throws(TemplateProblem) {
        guard tag.content.isEmpty || tag.content.contains(where: \.isWhitespace) else { return }
        throw problem(tag.place, "a name expected in the tag, found “\(tag.content.prefix(40))”")
    }
}

extension MustacheParser.Frame {
    /// As its end has to say it; nil for the source itself.
    var name: String? {
        switch kind {
        case .source: nil
        case .section(let name, _): name.description
        case .parent(let name), .block(let name): name
        }
    }

    /// How it was opened.
    var tag: String {
        let sign =
            switch kind {
            case .source: ""
            case .section(_, let isInverted): isInverted ? "^" : "#"
            case .parent: "<"
            case .block: "$"
            }
        return "{{\(sign)\(name ?? "")}}"
    }

    /// What problems call it.
    var word: String {
        switch kind {
        case .source, .section: "section"
        case .parent: "parent"
        case .block: "block"
        }
    }
}

extension MustacheNode {
    /// Whether it would be lost between a parent's blocks.
    fileprivate var isStray: Bool {
        switch self {
        case .block: false
        case .text(let bytes): !bytes.allSatisfy(\.isASCIIBlank)
        case .value, .section, .partial, .parent: true
        }
    }
}
