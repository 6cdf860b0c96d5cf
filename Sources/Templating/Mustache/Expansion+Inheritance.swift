import Broadcast

// Parents and blocks. What is given for a block is read where it was written, as the functions of a program are:
// a page that shows two cards gives each its own title, and none of them can reach into the page's.
extension Expansion {
    /// What surrounds a text where it is written.
    struct Scope: Sendable {
        /// What is given for blocks, by name.
        var blocks: [String: GivenBlock] = [:]
        /// The partials in which it stands, outermost first.
        var partials: [String] = []
    }

    /// What a parent's tags give for a block.
    struct GivenBlock: Sendable {
        var block: MustacheBlock
        /// That of the parent's tags.
        var scope: Scope
    }

    /// Sends what a partial says with its blocks as given; what was given further out wins.
    mutating func expand(
        _ parent: MustacheParent, in stack: [ContextValue], into sink: inout some ExpansionSink
    ) {
        if rules == .strict { check(parent) }
        var blocks = scope.blocks
        for block in parent.blocks where scope.blocks[block.name] == nil {
            blocks[block.name] = GivenBlock(block: block, scope: scope)
        }
        let partial = Partial(name: parent.name, indent: parent.indent ?? [], place: parent.place)
        expand(partial, taking: blocks, in: stack, into: &sink)
    }

    /// Sends what is given for a block, else what stands in it.
    mutating func expand(
        _ block: MustacheBlock, in stack: [ContextValue], into sink: inout some ExpansionSink
    ) {
        let given = scope.blocks[block.name]
        let nodes = given.map {
            Reindentation.applied(to: $0.block.nodes, removing: 0, adding: block.indent)
        }
        nest(at: block.place) { expansion in
            let outer = expansion.scope
            let written = nodes ?? block.nodes
            if let given { expansion.scope = given.scope }
            expansion.expand(written, in: stack, into: &sink)
            let isEnded = written.isEmpty || expansion.endsLine(written)
            expansion.scope = outer
            if block.isOwnLines, !isEnded { sink.literal([UInt8(ascii: "\n")]) }
        }
    }

    /// Whether what they write ends a line, as far as that can be told before it is written.
    private func endsLine(_ nodes: [MustacheNode]) -> Bool {
        switch nodes.last {
        case .text(let bytes): bytes.last == UInt8(ascii: "\n")
        case .section(_, _, let children, _): endsLine(children)
        case .block(let block):
            block.isOwnLines || endsLine(scope.blocks[block.name]?.block.nodes ?? block.nodes)
        case .partial(let name, _, _): partials.endsLine(name)
        case .parent(let parent): partials.endsLine(parent.name)
        case .value, nil: false
        }
    }

    /// Reports what would be lost without a word.
    private mutating func check(_ parent: MustacheParent) {
        if parent.hasStrayText {
            let what =
                "between {{<\(parent.name)}} and {{/\(parent.name)}} only what stands in a block is shown; "
                + "put the rest into one, such as {{$content}}…{{/content}}"
            problems.append(TemplateProblem(.tagInvalid, parent.place, what))
        }
        let known = blockNames[parent.name] ?? partials.blockNames(of: parent.name)
        blockNames[parent.name] = known
        var seen: Set<String> = []
        for block in parent.blocks {
            if !seen.insert(block.name).inserted {
                let what = "the block \(block.name) is given twice to \(parent.name)"
                problems.append(TemplateProblem(.tagInvalid, block.place, what))
            } else if partials.has(parent.name), !known.contains(block.name) {
                let list = known.isEmpty ? "it has none" : "it has \(known.sorted().joined(separator: ", "))"
                let what = "the parent \(parent.name) has no block \(block.name); \(list)"
                let nearest = NearestName.of(block.name, in: known)
                problems.append(TemplateProblem(.blockUnknown, block.place, what, nearest: nearest))
            }
        }
    }
}
