/// A place in a JSON tree, such as `/errors/0/code`.
///
/// Source: https://www.rfc-editor.org/rfc/rfc6901 (2026-11).
public struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
    /// The unescaped steps from the root; empty for the whole tree.
    public let steps: [String]

    /// Nil unless `text` is empty or starts with `/`, and every `~` in it is `~0` or `~1`.
    public init?(_ text: String) {
        guard !text.isEmpty else {
            steps = []
            return
        }
        guard text.hasPrefix("/"), text.firstMatch(of: /~(?![01])/) == nil else { return nil }
        steps = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
            .map { String($0).replacing("~1", with: "/").replacing("~0", with: "~") }
    }

    /// The text it is read from.
    public var description: String {
        steps.map { "/" + $0.replacing("~", with: "~0").replacing("/", with: "~1") }.joined()
    }
}

extension JSONValue {
    /// The value at `pointer`; nil when there is none.
    public func value(at pointer: JSONPointer) -> JSONValue? {
        var value = self
        for step in pointer.steps {
            switch value {
            case .object(let members):
                guard let member = members[step] else { return nil }
                value = member
            case .array(let items):
                let isCanonical =
                    step == "0" || step.first != "0" && step.utf8.allSatisfy { 0x30...0x39 ~= $0 }
                guard isCanonical, let index = Int(step), items.indices.contains(index) else { return nil }
                value = items[index]
            default: return nil
            }
        }
        return value
    }

    /// The text of a string, number or boolean; nil for null, arrays and objects.
    public var scalarText: String? {
        switch self {
        case .string(let text), .number(let text): text
        case .bool(let value): value ? "true" : "false"
        case .null, .array, .object: nil
        }
    }
}
