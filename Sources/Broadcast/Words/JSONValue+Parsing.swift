import Foundation

/// Why a text is no JSON that we take.
public struct JSONProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, as the rest of a sentence about the text.
    public let reason: String
    /// The same without a word of the text: what is cut short cannot be searched for secrets.
    public let unquoted: String
    /// Counted from 1; nil when the parser did not say.
    public let line: Int?
    /// In bytes, counted from 1; nil when the parser did not say.
    public let column: Int?

    /// A problem.
    init(_ reason: String, unquoted: String? = nil, line: Int? = nil, column: Int? = nil) {
        self.reason = reason
        self.unquoted = unquoted ?? reason
        self.line = line
        self.column = column
    }

    /// One line, such as `line 3, column 7: is no JSON: unexpected character`.
    public var description: String {
        guard let line, let column else { return reason }
        return "line \(line), column \(column): \(reason)"
    }
}

extension JSONValue {
    /// Parses UTF-8 text (a byte order mark is skipped) of at most `maxBytes` and about `maxValues`.
    ///
    /// A value takes a thousand times the memory of the few bytes it can be written in: text from a stranger needs
    /// both bounds.
    /// - Throws: when it is larger, nests deeper than ``maxDepth``, names a member of an object twice, or is no JSON.
    public init(
        parsing text: [UInt8], maxBytes: Int = 1 << 20, maxValues: Int = .max
    ) throws(JSONProblem) {
        guard text.count <= maxBytes else { throw JSONProblem("is larger than \(maxBytes) bytes") }
        let bytes = text.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(text.dropFirst(3)) : text
        guard String(validating: bytes, as: UTF8.self) != nil else { throw JSONProblem("is not valid UTF-8") }
        try JSONScan.check(bytes, maxValues: maxValues)
        do {
            // Only this parser refuses raw controls and says where it stopped; only the other keeps numbers exact.
            _ = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            self = try JSONDecoder().decode(DecodedTree.self, from: Data(bytes)).value
        } catch {
            throw Self.problem(error, in: bytes)
        }
    }

    /// Foundation tells the place only in its prose, as a distance in bytes.
    private static func problem(_ error: any Error, in bytes: [UInt8]) -> JSONProblem {
        let prose =
            (error as NSError).userInfo["NSDebugDescription"] as? String ?? "the parser gave no reason"
        // Its prose would quote the whole number.
        guard !(error is DecodingError), !prose.contains("is not representable") else {
            return JSONProblem("holds a number that is out of range")
        }
        let said = prose.replacing(#/ around character [0-9]+\.|\.$/#, with: "")
        let hint = said == "Invalid value" ? "; is a comma, a quote or a bracket missing before it?" : ""
        let reason = "is no JSON: \(said)\(hint)"
        guard let place = prose.firstMatch(of: #/ around character ([0-9]+)/#), let distance = Int(place.1)
        else {
            return JSONProblem(reason)
        }
        let before = bytes.prefix(distance)
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        return JSONProblem(reason, line: line, column: before.count - lineStart + 1)
    }
}

/// Receives what Foundation's parser found.
private struct DecodedTree: Decodable {
    let value: JSONValue

    init(from decoder: any Decoder) throws {
        if let members = try? decoder.container(keyedBy: MemberName.self) {
            var tree: [String: JSONValue] = [:]
            for name in members.allKeys {
                tree[name.stringValue] = try members.decode(DecodedTree.self, forKey: name).value
            }
            value = .object(tree)
        } else if var items = try? decoder.unkeyedContainer() {
            var tree: [JSONValue] = []
            while !items.isAtEnd { tree.append(try items.decode(DecodedTree.self).value) }
            value = .array(tree)
        } else {
            value = try Self.leaf(decoder.singleValueContainer())
        }
    }

    private static func leaf(_ container: any SingleValueDecodingContainer) throws -> JSONValue {
        if let text = try? container.decode(String.self) { return .string(text) }
        if let number = try? container.decode(Int64.self) { return .number(String(number)) }
        if let value = try? container.decode(Bool.self) { return .bool(value) }
        if container.decodeNil() { return .null }
        return .number(try container.decode(Decimal.self).description)
    }
}

/// Any name of a member.
private struct MemberName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
