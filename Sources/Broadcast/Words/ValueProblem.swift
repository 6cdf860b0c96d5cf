/// What is wrong with one value that a person gave, and what would be right.
public struct ValueProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// What sort of mistake it is: stable, for code to branch on.
    public enum Code: String, Sendable, Codable, CaseIterable {
        /// Nothing was given.
        case missing
        /// It is not shaped like such a value.
        case malformed
        /// It holds a character that has no place in it.
        case character
        /// It is too short or too long.
        case length
        /// It is shaped rightly but names nothing that exists.
        case unknown
        /// It is a value of another sort, such as a user name for a chat id.
        case unsuitable
        /// It does not go with another value beside it.
        case conflict
    }

    /// What sort of mistake it is.
    public let code: Code
    /// What happened, as the rest of a sentence about the value: `has no @`.
    public let reason: String
    /// What would be right, as a noun: `an e-mail address such as anna@acme.example`.
    public let expected: String
    /// What was probably meant, a valid value or several; nil when none is near.
    public let nearest: String?

    /// A problem; texts of other people in `reason` have gone through ``Excerpt``.
    public init(_ code: Code, _ reason: String, expected: String, nearest: String? = nil) {
        self.code = code
        self.reason = reason
        self.expected = expected
        self.nearest = nearest
    }

    /// One line: what happened, what was expected, and what was probably meant.
    public var description: String {
        let hint = nearest.map { "; did you mean \($0)?" } ?? ""
        return "\(reason); expected \(expected)\(hint)"
    }
}
