public import Foundation

/// Whether a channel works, who says so, and until when: a person's mark, outside word and our own evidence merged.
public struct HealthView: Sendable, Hashable {
    /// The merged state.
    public enum State: String, Sendable, Codable, CaseIterable {
        case up
        /// Held for down by a person or by outside word.
        case marked
        /// Its secret is missing here.
        case unusable
        /// Held for down by our own evidence.
        case tripped
        /// One delivery is out to see whether it works again.
        case probing
        /// Left alone because its provider asked for that; nothing is wrong with it.
        case resting
    }

    /// The merged state.
    public var state: State
    /// Why; empty when it is up.
    public var why: String
    /// Who says so: the person or source of a mark, `tocsin` for our own evidence; empty when it is up.
    public var who: String
    /// Since when; nil when it is up.
    public var since: Date?
    /// Until when a mark or a rest holds, or the next probe; nil when that is open.
    public var until: Date?

    /// A channel about which nobody says anything bad.
    public static let up = HealthView(state: .up, why: "", who: "", since: nil, until: nil)

    /// Merges what is known: a person's mark stands before outside word, which stands before our own evidence.
    ///
    /// Of several marks the one that holds longest is shown.
    public static func of(
        _ facts: ChannelFacts, _ markings: Markings, breaker: Breaker? = nil, now: Moment
    ) -> HealthView {
        if let mark = markings.mark(on: facts) {
            let isOurs = mark.origin == .configuration
            return HealthView(
                state: isOurs ? .unusable : .marked, why: mark.why, who: mark.who,
                since: isOurs ? nil : mark.since,
                until: mark.until)
        }
        guard let breaker, let fault = breaker.fault, let since = breaker.outage?.since else { return .up }
        return HealthView(
            state: breaker.phase == .probing ? .probing : .tripped,
            why: "\(fault.code.rawValue): \(fault.detail)", who: "tocsin", since: since,
            until: breaker.nextProbe.map(now.date))
    }

    /// The same of a channel that keeps `rest`: what nothing else holds rests, and nothing is probed before it is over.
    public func resting(_ rest: ProviderRest) -> HealthView {
        var view = self
        switch state {
        case .up:
            view = HealthView(
                state: .resting, why: rest.reason, who: rest.origin == .perDay ? "tocsin" : "provider",
                since: rest.since, until: rest.until)
        case .tripped, .probing: view.until = max(until ?? rest.until, rest.until)
        case .marked, .unusable, .resting: break
        }
        return view
    }
}
