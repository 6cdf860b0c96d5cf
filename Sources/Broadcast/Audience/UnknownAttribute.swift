/// An attribute that a template asks for and no contact has: mostly a typing slip.
public struct UnknownAttribute: Sendable, Hashable {
    /// As the template has it, without `contact.`.
    public let name: String
    /// The nearest one that somebody has; nil when none is near.
    public let nearest: String?

    /// An attribute, and what was probably meant.
    public init(_ name: String, nearest: String?) {
        self.name = name
        self.nearest = nearest
    }
}
