/// One piece of a parsed Mustache text.
indirect enum MustacheNode: Sendable {
    case text([UInt8])
    case value(MustacheName, isRaw: Bool, Place)
    case section(MustacheName, isInverted: Bool, [MustacheNode], Place)
    /// `indent` stood before a partial alone on its line and goes before each of the partial's lines.
    case partial(String, indent: [UInt8], Place)
}

extension MustacheNode {
    /// Where it stands; nil for text.
    var file: String? {
        switch self {
        case .text: nil
        case .value(_, _, let place), .section(_, _, _, let place), .partial(_, _, let place): place.file
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
    /// The names of the partials these nodes ask for, sections included.
    var partialNames: Set<String> {
        reduce(into: []) { names, node in
            switch node {
            case .partial(let name, _, _): names.insert(name)
            case .section(_, _, let children, _): names.formUnion(children.partialNames)
            case .text, .value: break
            }
        }
    }
}
