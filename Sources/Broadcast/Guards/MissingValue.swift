/// A value that a text needs and some reader lacks: it keeps a send from beginning.
public struct MissingValue: Sendable, Hashable, Encodable {
    /// As the template writes it, such as `contact.plan`.
    public var name: String
    /// Relative to the templates directory.
    public var file: String
    /// Counted from 1; nil where a file is filled text by text.
    public var line: Int?
    /// Why it does not do; stable.
    public var reason: String
    /// How many people lack it; nil for what a public place lacks.
    public var people: Int?
    /// The same in one line, with what to do.
    public var message: String

    /// A value that `people`, or public places (nil), lack.
    public init(
        _ name: String, file: String, line: Int?, reason: String, people: Int?, message: String
    ) {
        self.name = name
        self.file = file
        self.line = line
        self.reason = reason
        self.people = people
        self.message = message
    }
}
