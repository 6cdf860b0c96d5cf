import Broadcast
import Foundation

@testable import Templating

/// The production parser and expansion over a context without slots: a Mustache engine as the specification knows it.
enum MustacheEngine {
    static func render(_ template: String, _ data: JSONValue, partials: [String: String] = [:]) throws
        -> String
    {
        let shelf = PartialShelf(partials.mapValues { Raw.source($0) })
        var expansion = Expansion(rules: .specification, partials: shelf)
        var sink = TextSink()
        let nodes = try MustacheParser.nodes(of: Array(template.utf8), file: "template")
        expansion.expand(nodes, in: [context(data)], into: &sink)
        return String(decoding: sink.bytes, as: UTF8.self)
    }

    private static func context(_ value: JSONValue) -> ContextValue {
        switch value {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .number(let text), .string(let text): .text(text)
        case .array(let items): .list(items.map(context))
        case .object(let members): .object(members.mapValues(context))
        }
    }

    private enum Raw {
        static func source(_ text: String) -> Source { Source(file: "partial", text) }
    }
}

private struct TextSink: ExpansionSink {
    var bytes: [UInt8] = []

    mutating func literal(_ bytes: [UInt8]) { self.bytes += bytes }

    mutating func value(_ use: ValueUse) {
        guard case .fixed(let text) = use.content else { return }
        bytes.append(text, as: use.isRaw ? .plain : .html)
    }

    mutating func open(_ condition: SlotUse, isInverted: Bool) -> Int? { nil }

    mutating func close(_ mark: Int) {}
}
