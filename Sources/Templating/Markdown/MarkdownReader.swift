import CMarkdown

/// Reads CommonMark through cmark; everything later works on plain values.
enum MarkdownReader {
    /// Deeper quotes, lists and emphases are refused.
    static let maxDepth = 100

    /// The tree of `source`.
    static func tree(of source: [UInt8]) throws(MarkdownTooDeep) -> MarkdownTree {
        let document = unsafe source.withUnsafeBytes { bytes in
            let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            return unsafe cmark_parse_document(
                start, bytes.count, CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8)
        }
        guard let document = unsafe document else { return [] }
        defer { unsafe cmark_node_free(document) }
        return try unsafe blocks(below: document, depth: 0)
    }

    private typealias Node = OpaquePointer

    private static func visitChildren(
        of node: Node, depth: Int, _ visit: (Node) throws(MarkdownTooDeep) -> Void
    ) throws(MarkdownTooDeep) {
        guard depth < maxDepth else { throw MarkdownTooDeep() }
        var next = unsafe cmark_node_first_child(node)
        while let child = unsafe next {
            try unsafe visit(child)
            unsafe next = cmark_node_next(child)
        }
    }

    private static func blocks(below node: Node, depth: Int) throws(MarkdownTooDeep) -> [MarkdownBlock] {
        var blocks: [MarkdownBlock] = []
        try unsafe visitChildren(of: node, depth: depth) { child throws(MarkdownTooDeep) in
            if let block = try unsafe block(child, depth: depth + 1) { blocks.append(block) }
        }
        return blocks
    }

    private static func block(_ node: Node, depth: Int) throws(MarkdownTooDeep) -> MarkdownBlock? {
        switch unsafe cmark_node_get_type(node) {
        case CMARK_NODE_PARAGRAPH: return .paragraph(try unsafe inlines(below: node, depth: depth))
        case CMARK_NODE_HEADING:
            let level = unsafe Int(cmark_node_get_heading_level(node))
            return .heading(level: level, try unsafe inlines(below: node, depth: depth))
        case CMARK_NODE_BLOCK_QUOTE: return .quote(try unsafe blocks(below: node, depth: depth))
        case CMARK_NODE_LIST: return try unsafe list(node, depth: depth)
        case CMARK_NODE_CODE_BLOCK: return .code(unsafe text(of: node))
        case CMARK_NODE_THEMATIC_BREAK: return .rule
        case CMARK_NODE_HTML_BLOCK: return .html(unsafe text(of: node))
        default: return nil
        }
    }

    private static func list(_ node: Node, depth: Int) throws(MarkdownTooDeep) -> MarkdownBlock {
        var items: [[MarkdownBlock]] = []
        try unsafe visitChildren(of: node, depth: depth) { item throws(MarkdownTooDeep) in
            items.append(try unsafe blocks(below: item, depth: depth + 1))
        }
        let isOrdered = unsafe cmark_node_get_list_type(node) == CMARK_ORDERED_LIST
        let start = unsafe isOrdered ? Int(cmark_node_get_list_start(node)) : nil
        return .list(start: start, isTight: unsafe cmark_node_get_list_tight(node) == 1, items)
    }

    private static func inlines(below node: Node, depth: Int) throws(MarkdownTooDeep) -> [MarkdownInline] {
        var inlines: [MarkdownInline] = []
        try unsafe visitChildren(of: node, depth: depth) { child throws(MarkdownTooDeep) in
            guard let inline = try unsafe inline(child, depth: depth + 1) else { return }
            if case .text(let more) = inline, case .text(let before)? = inlines.last {
                inlines[inlines.count - 1] = .text(before + more)
            } else {
                inlines.append(inline)
            }
        }
        return inlines
    }

    private static func inline(_ node: Node, depth: Int) throws(MarkdownTooDeep) -> MarkdownInline? {
        switch unsafe cmark_node_get_type(node) {
        case CMARK_NODE_TEXT: return .text(unsafe text(of: node))
        case CMARK_NODE_SOFTBREAK: return .softBreak
        case CMARK_NODE_LINEBREAK: return .hardBreak
        case CMARK_NODE_CODE: return .code(unsafe text(of: node))
        case CMARK_NODE_HTML_INLINE: return .html(unsafe text(of: node))
        case CMARK_NODE_EMPH: return .emphasis(try unsafe inlines(below: node, depth: depth))
        case CMARK_NODE_STRONG: return .strong(try unsafe inlines(below: node, depth: depth))
        case CMARK_NODE_LINK:
            return .link(url: unsafe url(of: node), try unsafe inlines(below: node, depth: depth))
        case CMARK_NODE_IMAGE:
            return .image(url: unsafe url(of: node), try unsafe inlines(below: node, depth: depth))
        default: return nil
        }
    }

    private static func text(of node: Node) -> String {
        unsafe cmark_node_get_literal(node).map { unsafe String(cString: $0) } ?? ""
    }

    private static func url(of node: Node) -> String {
        let url = unsafe cmark_node_get_url(node).map { unsafe String(cString: $0) } ?? ""
        return url.contains("://") ? url.replacing(" ", with: "%20") : url
    }
}
