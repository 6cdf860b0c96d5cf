public import Foundation

/// What a person, or outside word, said of a channel, a company, or something that channels depend on.
public struct Mark: Sendable, Hashable {
    /// What the name of a mark names.
    public enum Scope: String, Sendable, Codable, CaseIterable {
        case channel, company, depends

        /// Whether this channel is meant by a `name` of this kind; capitals matter only in the names of channels.
        public func covers(_ facts: ChannelFacts, named name: String) -> Bool {
            switch self {
            case .channel: facts.name.rawValue == name
            case .company: facts.isRun(by: name)
            case .depends: facts.depends(on: name)
            }
        }

        /// How a command names what is called `name`: `sms`, `--company 'Acme Ltd'`.
        public func operand(_ name: String) -> String {
            self == .channel ? ShellWord.of(name) : "--\(rawValue) \(ShellWord.of(name))"
        }
    }

    /// What is said.
    public enum Word: String, Sendable, Codable, CaseIterable {
        /// Nothing goes over it.
        case down
        /// It is used, whatever outside word says.
        case up
    }

    /// What ``name`` names.
    public var scope: Scope
    /// The channel, the company, or what channels depend on.
    public var name: String
    /// What is said.
    public var word: Word
    /// The reason given.
    public var why: String
    /// Who said so.
    public var who: String
    /// Since when.
    public var since: Date
    /// Until when it holds; nil until it is lifted.
    public var until: Date?
    /// Who holds the channel.
    public var origin = Origin.person

    /// Who holds a channel.
    public enum Origin: Sendable, Hashable {
        case person
        /// A status page.
        case outside
        /// We do ourselves: its secret is missing.
        case configuration
    }

    /// Whether a status page says so, and no person.
    public var isOutside: Bool { origin == .outside }

    /// A mark, of down unless told otherwise.
    public init(
        _ scope: Scope, _ name: String, _ word: Word = .down, why: String, who: String, since: Date,
        until: Date?
    ) {
        self.scope = scope
        self.name = name
        self.word = word
        self.why = why
        self.who = who
        self.since = since
        self.until = until
    }

    /// Such as `sms` or `company Acme`.
    public var title: String { scope == .channel ? name : "\(scope.rawValue) \(name)" }

    /// What lifts it: `sms`, `--company 'Acme Ltd'`.
    public var operand: String { scope.operand(name) }

    /// Whether it speaks of this channel: by its name, its company, or what it depends on.
    public func covers(_ facts: ChannelFacts) -> Bool { scope.covers(facts, named: name) }

    /// Whether it still holds at `date`.
    public func holds(at date: Date) -> Bool { until.map { date < $0 } ?? true }
}
