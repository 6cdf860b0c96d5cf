/// A term of an audience that holds for nobody: often a typing slip, at times a tag that nobody has yet.
public struct UnmatchedTerm: Sendable, Hashable, Encodable, CustomStringConvertible {
    /// As the audience has it, such as `tag:premum`.
    public let term: String
    /// The nearest one that holds for somebody; nil when none is near.
    public let nearest: String?

    /// A term, and what was probably meant.
    public init(_ term: Audience, nearest: Audience?) {
        self.term = term.description
        self.nearest = nearest?.description
    }

    /// Such as `nobody has tag:premum; did you mean tag:premium?`.
    public var description: String {
        "nobody has \(term)" + (nearest.map { "; did you mean \($0)?" } ?? "")
    }
}
