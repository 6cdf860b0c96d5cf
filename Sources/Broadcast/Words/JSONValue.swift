/// A parsed JSON tree: configuration, recipes and bodies are filled leaf by leaf, never as text.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    /// The number in its shortest exact decimal text, such as `12` or `0.045`.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// The deepest nesting that is read; deeper text is refused.
    public static let maxDepth = 64
}
