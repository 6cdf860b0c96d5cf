extension JSONValue {
    /// A member of an object; null when there is none.
    public func member(_ name: String) -> JSONValue {
        if case .object(let members) = self { members[name] ?? .null } else { .null }
    }

    /// The names of an object's members, in no order.
    public var names: [String] { if case .object(let members) = self { Array(members.keys) } else { [] } }

    /// The items of an array.
    public var elements: [JSONValue] { if case .array(let items) = self { items } else { [] } }

    /// The text of a string or a number; empty for anything else.
    public var string: String {
        switch self {
        case .string(let text), .number(let text): text
        default: ""
        }
    }
}
