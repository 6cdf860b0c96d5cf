import Broadcast
import Foundation

/// A webhook's own body: a parsed tree whose texts are programs; it is filled leaf by leaf, never as text.
indirect enum JSONTemplate: Sendable {
    case fixed(JSONValue)
    case text(Program)
    case array([JSONTemplate])
    case object([String: JSONTemplate])

    /// The tree for one reader.
    func filled(for reader: Reader, parts: Parts) throws(UnfitValue) -> JSONValue {
        switch self {
        case .fixed(let value): return value
        case .text(let program):
            var bytes: [UInt8] = []
            try program.append(to: &bytes, for: reader, parts: parts)
            return .string(String(decoding: bytes, as: UTF8.self))
        case .array(let items):
            var values: [JSONValue] = []
            for item in items { values.append(try item.filled(for: reader, parts: parts)) }
            return .array(values)
        case .object(let members):
            var values: [String: JSONValue] = [:]
            for (key, member) in members { values[key] = try member.filled(for: reader, parts: parts) }
            return .object(values)
        }
    }

    /// Adds every value this reader lacks.
    func collectUnfit(for reader: Reader, parts: Parts, into unfit: inout [UnfitValue]) {
        switch self {
        case .fixed: break
        case .text(let program): program.collectUnfit(for: reader, parts: parts, into: &unfit)
        case .array(let items):
            for item in items { item.collectUnfit(for: reader, parts: parts, into: &unfit) }
        case .object(let members):
            for member in members.values { member.collectUnfit(for: reader, parts: parts, into: &unfit) }
        }
    }
}

/// Reads JSON through Foundation into our own tree.
struct JSONSource: Decodable {
    let value: JSONValue

    /// Nil when `text` is no JSON, or nests deeper than ``JSONValue/maxDepth``.
    static func value(of text: [UInt8]) -> JSONValue? {
        var depth = 0
        var deepest = 0
        for byte in text {
            // Brackets within texts count as well: the limit is far above what a body needs.
            if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") { depth += 1 }
            if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") { depth -= 1 }
            deepest = max(deepest, depth)
        }
        guard deepest <= JSONValue.maxDepth else { return nil }
        return (try? JSONDecoder().decode(JSONSource.self, from: Data(text)))?.value
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            value = .null
        } else if let flag = try? container.decode(Bool.self) {
            value = .bool(flag)
        } else if let number = try? container.decode(Decimal.self) {
            value = .number(number.description)
        } else if let text = try? container.decode(String.self) {
            value = .string(text)
        } else if let items = try? container.decode([JSONSource].self) {
            value = .array(items.map(\.value))
        } else {
            value = .object(try container.decode([String: JSONSource].self).mapValues(\.value))
        }
    }
}
