public import Channels

/// Why there is no configuration: all problems at once.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file as it was named.
    public let file: String
    /// At least one.
    public let problems: [ConfigurationIssue]
    /// What was noticed beside them.
    public let warnings: [ConfigurationIssue]

    /// An error.
    public init(file: String, problems: [ConfigurationIssue], warnings: [ConfigurationIssue] = []) {
        self.file = file
        self.problems = problems
        self.warnings = warnings
    }

    /// One line per problem, such as `channels.json: channels.email.url: is missing: …`.
    public var lines: [String] { problems.map { "\(file): \($0)" } }

    /// All lines.
    public var description: String { lines.joined(separator: "\n") }
}
