/// One piece of a parsed Mustache text.
indirect enum MustacheNode: Sendable {
    case text([UInt8])
    case value(MustacheName, isRaw: Bool, Place)
    case section(MustacheName, isInverted: Bool, [MustacheNode], Place)
    /// `indent` stood before a partial alone on its line and goes before each of the partial's lines; nil when other
    /// things stand on the line.
    case partial(String, indent: [UInt8]?, Place)
    case parent(MustacheParent)
    case block(MustacheBlock)
}

/// A partial whose blocks are given: `{{< name}}…{{/ name}}`.
struct MustacheParent: Sendable {
    var name: String
    /// As that of a partial.
    var indent: [UInt8]?
    /// What stands instead of the partial's own blocks.
    var blocks: [MustacheBlock]
    /// Whether something stands between them, which is never shown.
    var hasStrayText: Bool
    var place: Place
}

/// A part that may be given from outside, `{{$ name}}…{{/ name}}`, with what stands when it is not.
///
/// Within a parent's tags it is what is given.
struct MustacheBlock: Sendable {
    var name: String
    var nodes: [MustacheNode]
    /// What its lines begin with: taken from what is given, put before what is taken in.
    var indent: [UInt8] = []
    /// Whether it stood on lines of its own, so that what is taken in has to end with a line end.
    var isOwnLines = false
    var place: Place
}

extension MustacheNode {
    /// Where it stands; nil for text.
    var file: String? {
        switch self {
        case .text: nil
        case .value(_, _, let place), .section(_, _, _, let place), .partial(_, _, let place): place.file
        case .parent(let parent): parent.place.file
        case .block(let block): block.place.file
        }
    }
}

/// A dotted name such as `contact.name`; the implicit iterator `.` has no parts.
struct MustacheName: Sendable, Hashable, CustomStringConvertible {
    let parts: [String]

    /// Nil for the empty name, for a part that is empty, and for blanks or braces inside.
    init?(_ text: String) {
        if text == "." {
            parts = []
            return
        }
        parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let isSound = parts.allSatisfy {
            !$0.isEmpty && !$0.contains { $0.isWhitespace || "{}".contains($0) }
        }
        guard isSound else { return nil }
    }

    var description: String { parts.isEmpty ? "." : parts.joined(separator: ".") }
}

extension [MustacheNode] {
    /// The names of the partials and parents these nodes ask for, sections and blocks included.
    var partialNames: Set<String> {
        reduce(into: []) { names, node in
            switch node {
            case .partial(let name, _, _): names.insert(name)
            case .section(_, _, let children, _): names.formUnion(children.partialNames)
            case .parent(let parent):
                names.insert(parent.name)
                for block in parent.blocks { names.formUnion(block.nodes.partialNames) }
            case .block(let block): names.formUnion(block.nodes.partialNames)
            case .text, .value: break
            }
        }
    }

    /// The names of the blocks in these nodes, without those of the partials that they ask for.
    var blockNames: Set<String> {
        reduce(into: []) { names, node in
            switch node {
            case .section(_, _, let children, _): names.formUnion(children.blockNames)
            case .parent(let parent): names.formUnion(parent.blocks.map(MustacheNode.block).blockNames)
            case .block(let block):
                names.insert(block.name)
                names.formUnion(block.nodes.blockNames)
            case .text, .value, .partial: break
            }
        }
    }
}
