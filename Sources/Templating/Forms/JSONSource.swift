import Broadcast
import Foundation

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
