public import Foundation

/// What a person, or outside word, said of a channel, a company, or something that channels depend on: it is down.
public struct Mark: Sendable, Hashable {
    /// What the name of a mark names.
    public enum Scope: String, Sendable, Codable, CaseIterable {
        case channel, company, depends
    }

    /// What ``name`` names.
    public var scope: Scope
    /// The channel, the company, or what channels depend on.
    public var name: String
    /// The reason given.
    public var why: String
    /// Who said so.
    public var who: String
    /// Since when.
    public var since: Date
    /// Until when it holds; nil until it is lifted.
    public var until: Date?

    /// A mark.
    public init(
        _ scope: Scope, _ name: String, why: String, who: String, since: Date, until: Date?
    ) {
        self.scope = scope
        self.name = name
        self.why = why
        self.who = who
        self.since = since
        self.until = until
    }
}
