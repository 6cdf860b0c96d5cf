/// One thing that is wrong with the configuration: a single line that says where, what, and what to do.
public struct ConfigurationIssue: Error, Sendable, Hashable, CustomStringConvertible {
    /// What sort of mistake it is: stable, for code to branch on.
    public enum Code: String, Sendable, CaseIterable {
        /// The file cannot be found or read.
        case unreadable
        /// The file is no JSON that we take.
        case malformed
        /// A key that must be there is not.
        case missing
        /// A key that nobody knows.
        case unknownKey = "unknown-key"
        /// A value of another JSON type.
        case wrongType = "wrong-type"
        /// A value of the right type that means nothing here.
        case invalid
        /// A value that does not go with another one.
        case conflict
        /// A secret that is missing, empty, or open to others.
        case secret
    }

    /// What sort of mistake it is.
    public let code: Code
    /// Where in the tree, such as `channels.email.tls`; empty for the file as a whole.
    public let path: String
    /// What is wrong and what was expected; holds no secret and no control character.
    public let message: String

    /// An issue.
    public init(_ code: Code, at path: String, _ message: String) {
        self.code = code
        self.path = path
        self.message = message
    }

    /// Such as `channels.email.tls: expected "required" or "none", found "maybe"`.
    public var description: String { path.isEmpty ? message : "\(path): \(message)" }
}

/// Gathers everything that is wrong, so that all of it is told at once.
public final class IssueLog {
    /// What keeps the configuration from being used.
    public private(set) var problems: [ConfigurationIssue] = []
    /// What works but should be seen to.
    public private(set) var warnings: [ConfigurationIssue] = []

    /// An empty log.
    public init() {}

    /// Adds a problem.
    public func report(_ issue: ConfigurationIssue) { problems.append(issue) }

    /// Adds a warning.
    public func warn(_ issue: ConfigurationIssue) { warnings.append(issue) }
}
