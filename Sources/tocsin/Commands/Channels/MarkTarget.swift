import Broadcast
import Configuration
import Foundation

/// What a command line means to mark or to unmark: channels by name, or one company, or one thing channels depend on.
struct MarkTarget: Sendable {
    let scope: Mark.Scope
    /// As configured; at least one.
    let names: [String]

    static let operand = CommandSpec.Operand(name: "NAME", help: "the channel", count: .any)
    static let options: [CommandSpec.Option] = [
        .value("company", "COMPANY", "every channel that this company runs"),
        .value("depends", "WHAT", "every channel that depends on this, such as a data centre"),
    ]

    /// Reads the words of `channels down` or `channels up`; `marks` may name what is configured no longer.
    ///
    /// Names are taken as they are configured or marked; capitals of a company do not matter.
    ///
    /// - Throws: `usage` when nothing, or more than one kind of thing, is named, or nothing is called so.
    init(
        _ invocation: Invocation, _ configured: Configured, marks: [Mark] = []
    ) throws(CommandFailure) {
        let (scope, given) = try Self.given(invocation)
        let known =
            Self.known(scope, configured.channels.map(\.facts))
            + marks.filter { $0.scope == scope }.map(\.name)
        var names: [String] = []
        for name in given {
            let exact = known.first { $0 == name }
            let near = scope == .channel ? nil : known.first { $0.lowercased() == name.lowercased() }
            guard let found = exact ?? near else { throw Self.unknown(name, scope, known, configured) }
            if !names.contains(found) { names.append(found) }
        }
        self.scope = scope
        self.names = names
    }

    private static func given(
        _ invocation: Invocation
    ) throws(CommandFailure) -> (scope: Mark.Scope, names: [String]) {
        let all: [(scope: Mark.Scope, names: [String])] = [
            (.channel, invocation.operands), (.company, invocation.values("company")),
            (.depends, invocation.values("depends")),
        ]
        let given = all.filter { !$0.names.isEmpty }
        guard given.count == 1 else {
            let what = given.isEmpty ? "nothing is named" : "only one of these can be named at a time"
            throw CommandFailure(.usage, "\(what): give NAME, --company COMPANY or --depends WHAT")
        }
        return given[0]
    }

    private static func known(_ scope: Mark.Scope, _ facts: [ChannelFacts]) -> [String] {
        switch scope {
        case .channel: facts.map(\.name.rawValue)
        case .company: facts.map(\.company)
        case .depends: facts.flatMap(\.depends)
        }
    }

    private static func unknown(
        _ name: String, _ scope: Mark.Scope, _ known: [String], _ configured: Configured
    ) -> CommandFailure {
        let known = Set(known).sorted()
        let hint =
            elsewhere(name, configured.channels.map(\.facts)).map { "; \($0)" }
            ?? NearestName.of(name, in: known).map { "; did you mean \($0)?" } ?? ""
        let what =
            switch scope {
            case .channel: "there is no channel"
            case .company: "there is no company"
            case .depends: "no channel depends on"
            }
        let list =
            known.isEmpty ? "nothing of the kind is configured" : "known: \(known.joined(separator: ", "))"
        return CommandFailure(.usage, Plain.text("\(what) \(Excerpt.of(name)); \(list)\(hint)", limit: 500))
    }

    /// What `name` is when it is of another kind than was said, and how that is written; nil when it is nothing.
    private static func elsewhere(_ name: String, _ facts: [ChannelFacts]) -> String? {
        let kinds: [(Mark.Scope, String)] = [
            (.channel, "is a channel"), (.company, "is a company"), (.depends, "is what channels depend on"),
        ]
        for (scope, what) in kinds {
            guard let found = known(scope, facts).first(where: { $0.lowercased() == name.lowercased() })
            else { continue }
            return "\(found) \(what): \(scope.operand(found))"
        }
        return nil
    }

    /// Whether marking it marks this channel.
    func covers(_ facts: ChannelFacts) -> Bool { names.contains { scope.covers(facts, named: $0) } }

    /// Whether `mark` is one of those named.
    func names(_ mark: Mark) -> Bool { mark.scope == scope && names.contains(mark.name) }
}
