public import Foundation

/// Decides how a claimed delivery ends, from the channel's verdict: pure, for the dispatcher to perform.
public struct Settlement: Sendable {
    /// What an announcement adds to the channel's facts.
    public struct Terms: Sendable, Hashable {
        /// Urgent deliveries know no quiet hours.
        public var priority: Priority
        /// Whether a failure leads to the next channel.
        public var reach: Reach
        /// IANA: the zone of readers who have none.
        public var senderZone: String

        /// Terms of an announcement of this priority and reach.
        public init(priority: Priority, reach: Reach, senderZone: String = "UTC") {
            self.priority = priority
            self.reach = reach
            self.senderZone = senderZone
        }

        /// The terms of `announcement`.
        public init(of announcement: Announcement) {
            self.init(
                priority: announcement.priority, reach: announcement.reach,
                senderZone: announcement.content.sender.timezone)
        }
    }

    /// What follows from one verdict.
    public struct Ending: Sendable, Hashable {
        /// For the journal; its suppression still has to pass a ``SuppressionRail``.
        public var outcome: Outcome
        /// For the channel's ``Breaker``.
        public var health: HealthEvent
        /// How the whole channel rests, because of what the provider said; nil when it goes on.
        public var pause: Pause?
    }

    /// A rest of the whole channel.
    public struct Pause: Sendable, Hashable {
        /// How long it is.
        public var length: Duration
        /// Whether the provider said so; else it is our own first wait.
        public var isAsked: Bool

        /// A rest of `length`.
        public init(_ length: Duration, isAsked: Bool) {
            self.length = length
            self.isAsked = isAsked
        }
    }

    /// A provider that moves an address more often than this in one delivery leads us in a circle.
    static let mostMoves = 10

    /// Characters that are kept of what a provider said when it took a message: a million are kept.
    static let longestAnswer = 200

    private let facts: ChannelFacts
    private let terms: Terms

    /// Decides for the deliveries of one announcement over one channel.
    public init(over facts: ChannelFacts, terms: Terms) {
        self.facts = facts
        self.terms = terms
    }

    /// How `claimed` ends; `unit` is drawn anew for each, from 0 to below 1.
    public func ending(
        of claimed: ClaimedDelivery, on verdict: Verdict, now: Date, unit: Double
    ) -> Ending {
        var ending = Ending(
            outcome: Outcome(claimed.id, .accepted(providerID: nil)), health: HealthEvent(verdict))
        switch verdict {
        case .accepted(let id, let answer):
            let kept = answer.map { Fault.cleaned($0, limit: Self.longestAnswer) }
            ending.outcome.result = .accepted(providerID: id, answer: kept)
        case .moved(let address): ending.outcome = moved(claimed, to: address)
        case .refused(let fault) where fault.scope != .channel: ending.outcome = refused(claimed, fault)
        // A channel's fault touches no recipient, whatever the channel calls it.
        case .refused(let fault):
            ending.outcome = deferred(claimed, fault, at: retry(claimed, nil, now, unit))
        case .deferred(let fault, let asked):
            switch Retrial.of(fault) {
            case .never: ending.outcome = refused(claimed, fault)
            case .counted:
                ending.outcome = deferred(claimed, fault, at: retry(claimed, asked, now, unit))
                if fault.scope == .channel { ending.pause = Self.asked(asked) }
            case .uncounted:
                if fault.code == .rateLimited { ending.pause = Self.asked(asked) ?? ownRest }
                ending.outcome = returned(claimed, fault, at: now.adding(ending.pause?.length ?? .zero))
            }
            if let pause = ending.pause, now.adding(pause.length) >= claimed.expires {
                ending.outcome = resting(claimed, fault)
            }
        case .unknown(let fault): ending.outcome = unknown(claimed, fault, at: retry(claimed, nil, now, unit))
        }
        // What waits now may be over long before; what is planned meanwhile keeps the rest as well.
        if let length = ending.pause?.length { ending.pause?.length = min(length, ProviderRest.longest) }
        return ending
    }

    /// What becomes of a claimed delivery that may not leave at `now`; nil when it may.
    ///
    /// Asked before the request is made: the hours may have become quiet, or its time run out, since it was due.
    public func postponement(of claimed: ClaimedDelivery, now: Date) -> Outcome? {
        let date = awake(claimed, now)
        guard date < claimed.expires else { return expired(claimed, nil) }
        guard date > now else { return nil }
        return Outcome(claimed.id, .returned(nextAt: date, nil))
    }

    /// How a delivery ends for which there is no request: nothing was tried, and no channel has spoken.
    public func ending(of claimed: ClaimedDelivery, without fault: Fault) -> Ending {
        Ending(outcome: refused(claimed, fault), health: .silent)
    }

    /// Exactly what the provider asks for, if that is a second or more.
    private static func asked(_ time: Duration?) -> Pause? {
        time.flatMap { $0 < .seconds(1) ? nil : Pause($0, isAsked: true) }
    }

    /// Our own first wait, at most 30 s.
    private var ownRest: Pause { Pause(min(facts.retry.first, .seconds(30)), isAsked: false) }

    private func retry(_ claimed: ClaimedDelivery, _ asked: Duration?, _ now: Date, _ unit: Double) -> Date {
        awake(claimed, now.adding(facts.retry.wait(afterAttempt: claimed.attempt, asked: asked, unit: unit)))
    }

    /// Retries keep the reader's quiet hours as first attempts do.
    private func awake(_ claimed: ClaimedDelivery, _ date: Date) -> Date {
        guard date < claimed.expires else { return date }
        var times = ReleaseTimes(due: date, senderZone: terms.senderZone)
        let hours = terms.priority == .urgent ? nil : facts.quietHours
        return times.release(in: claimed.contact?.timezone, keeping: hours)
    }

    private func movesOn(_ claimed: ClaimedDelivery) -> Bool {
        terms.reach == .first && claimed.contact != nil
    }

    private func moved(_ claimed: ClaimedDelivery, to address: Address) -> Outcome {
        let isNew = claimed.address.map { $0.kind == address.kind && $0.value != address.value } ?? false
        guard isNew, claimed.attempt <= Self.mostMoves else {
            let why = "the provider moves the address to one that does not help"
            return refused(claimed, Fault(.recipient, .addressUnsuitable, why))
        }
        return Outcome(claimed.id, .moved(to: address))
    }

    private func refused(_ claimed: ClaimedDelivery, _ fault: Fault) -> Outcome {
        let order = claimed.address == nil ? nil : suppression(for: fault)
        // Whoever is not there has got no earlier copy either; another fault says nothing about that one.
        if claimed.isInDoubt, fault.scope != .recipient { return left(claimed, fault) }
        return Outcome(claimed.id, .refused(fault), movesOn: movesOn(claimed), suppress: order)
    }

    private func deferred(_ claimed: ClaimedDelivery, _ fault: Fault, at date: Date) -> Outcome {
        guard date < claimed.expires else { return expired(claimed, fault) }
        return Outcome(claimed.id, .deferred(fault, nextAt: date))
    }

    private func returned(_ claimed: ClaimedDelivery, _ fault: Fault, at date: Date) -> Outcome {
        let date = awake(claimed, date)
        guard date < claimed.expires else { return expired(claimed, fault) }
        return Outcome(claimed.id, .returned(nextAt: date, fault.code == .cancelled ? nil : fault))
    }

    /// Has it wait for a rest that outlasts it, with all the others: somebody may end the rest before.
    private func resting(_ claimed: ClaimedDelivery, _ fault: Fault) -> Outcome {
        let date = claimed.expires
        let isCounted = Retrial.of(fault) == .counted
        return Outcome(
            claimed.id, isCounted ? .deferred(fault, nextAt: date) : .returned(nextAt: date, fault))
    }

    /// What may have been handed over never ends as expired: nobody could tell it from what was not.
    private func expired(_ claimed: ClaimedDelivery, _ fault: Fault?) -> Outcome {
        guard claimed.isInDoubt else {
            return Outcome(claimed.id, .expired(fault), movesOn: movesOn(claimed))
        }
        let why = "time ran out before another attempt could tell whether an earlier one arrived"
        return left(claimed, fault ?? Fault(.channel, .outcomeUnknown, why))
    }

    private func unknown(_ claimed: ClaimedDelivery, _ fault: Fault, at date: Date) -> Outcome {
        let mayRepeat = facts.repeats.map { claimed.doubts < $0 } ?? true
        if mayRepeat, date < claimed.expires {
            return Outcome(claimed.id, .unknown(fault, retryAt: date))
        }
        return left(claimed, fault)
    }

    /// Ends it as unknown, for good.
    private func left(_ claimed: ClaimedDelivery, _ fault: Fault) -> Outcome {
        let movesOn = movesOn(claimed) && claimed.afterUnknown == .next
        return Outcome(claimed.id, .unknown(fault, retryAt: nil), movesOn: movesOn)
    }

    /// The source names no detail: a suppression outlives the contact, and a detail may hold the address.
    private func suppression(for fault: Fault) -> Outcome.Suppress? {
        let source = "\(facts.name) \(fault.code.rawValue)"
        return switch (fault.scope, fault.code) {
        case (.recipient, .addressUnknown): .init(.all, .bounce, source: source)
        case (.recipient, .blockedByRecipient): .init(.all, .optOut, source: source)
        default: nil
        }
    }
}
