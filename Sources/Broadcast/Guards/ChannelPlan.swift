public import Foundation

/// What a plan holds for one channel; `queued`, `skipped` and `unmade` add up to what is planned.
public struct ChannelPlan: Sendable, Hashable {
    /// The channel as configured.
    public var facts: ChannelFacts
    /// Whether the announcement goes over it; else it only shows whom the choice leaves out.
    public var isChosen = true
    /// The mark that holds it for down; nil when none does.
    public var mark: Mark?
    /// Whether its secret is missing and nobody has marked it down: what is meant for it is lost unless somebody agrees.
    public var isLacking = false
    /// The outside word that the channel is not quite well, which holds nothing back; nil when there is none.
    public var degraded: OutsideWord?
    /// Deliveries that will be tried.
    public var queued: Int
    /// What it takes over of other channels; nil when nothing comes to it so.
    public var takenOver: TakenOver?
    /// Deliveries that will not, by reason.
    public var skipped: [SkipReason: Int]
    /// Deliveries that will be refused, since their message cannot be made, by reason.
    public var unmade: [Unmade: Int]
    /// What quiet hours hold back of the queued ones; nil when nothing.
    public var held: Held?
    /// What keeps it from sending though nobody says that it is down; nil when nothing does.
    public var wait: Wait?
    /// SMS segments of all queued deliveries; nil where there are none.
    public var segments: Int?
    /// By BCP 47 tag, what it sends in each language.
    public var locales: [String: LocalePlan] = [:]
    /// How long its messages are; nil when none was made.
    public var lengths: LengthPlan?
    /// In how many of its messages a file does not go along, by its path.
    public var leftFiles: [String: Int] = [:]
    /// Bytes of all files in all its messages, as they travel.
    public var fileBytes = 0
    /// What a daily limit of its provider means; nil when there is none.
    public var day: DayPlan?
    /// How long after it is due a delivery may still leave.
    public var within: Duration
    /// What the announcement itself says of that; nil when nothing.
    public var expires: Duration?
    /// What becomes of those who have no turn on it.
    public var moves = Moves()
    /// Whether what it sends tells the reader how to unsubscribe.
    public var hasWayOut: Bool
    /// In how many of its messages the words that tell so are cut away.
    public var cutWaysOut = 0

    /// What is planned for the channel of these facts.
    public init(
        _ facts: ChannelFacts, mark: Mark? = nil, queued: Int = 0, skipped: [SkipReason: Int] = [:],
        unmade: [Unmade: Int] = [:], segments: Int? = nil, hasWayOut: Bool = true
    ) {
        self.facts = facts
        self.mark = mark
        self.queued = queued
        self.skipped = skipped
        self.unmade = unmade
        self.segments = segments
        self.hasWayOut = hasWayOut
        within = facts.retry.within
    }

    /// Why a message cannot be made for one reader.
    public enum Unmade: String, Sendable, CaseIterable {
        /// Longer than the channel takes.
        case tooLong = "message-too-large"
        /// Nothing is left of it for this reader.
        case empty
        /// What this reader's sections leave nests too deeply.
        case tooComplex = "too-complex"
    }

    /// Deliveries to people under reach `first` for whom a channel before cannot make its message.
    ///
    /// They are written down only when that channel has refused theirs.
    public struct TakenOver: Sendable, Hashable, Encodable {
        /// How many.
        public private(set) var count = 0
        /// What they come to in the unit of the price: SMS segments, or messages.
        public private(set) var units = 0
        /// How many it cannot take over either.
        public private(set) var unmade = 0

        /// None yet.
        public init() {}

        /// Counts one of so many segments, nil where there are none.
        public mutating func add(segments: Int?) {
            count += 1
            units += segments ?? 1
        }

        /// Counts one whose message cannot be made here either.
        public mutating func addUnmade() { unmade += 1 }
    }

    /// Deliveries that wait until their readers' quiet hours are over.
    public struct Held: Sendable, Hashable, Encodable {
        /// How many.
        public private(set) var count = 0
        /// When the last of them may leave.
        public private(set) var until: Date
        /// How many wait for how long.
        private(set) var counts: [Duration: Int] = [:]
        private let start: Date

        private enum CodingKeys: String, CodingKey { case count, until }

        /// None yet; the others may leave at `start`.
        public init(from start: Date) { (self.start, until) = (start, start) }

        /// Counts one that may leave at `due`.
        public mutating func add(_ due: Date) {
            count += 1
            until = max(until, due)
            counts[start.wait(until: due), default: 0] += 1
        }
    }

    /// How what is planned for a channel waits that is tripped, or whose provider asked for a rest.
    public struct Wait: Sendable, Hashable {
        /// Since when it is tripped; nil when it only rests.
        public var trippedSince: Date?
        /// When its rest is over, or when it is tried again; nil when that is at once.
        public var until: Date?
        /// When those who have another channel go on to that, under reach `first`; nil when it is over by then.
        public var movesOnAt: Date?
        /// When that was reckoned.
        public let plannedAt: Date
        /// What they cost when all of them do.
        public var costs: [Money] = []

        /// What `standstill` means on the channel of `facts`, tried again at `until`, for the people of `announcement`.
        ///
        /// They go on no sooner than when it was made.
        public init(
            _ standstill: Standstill, until: Date?, of facts: ChannelFacts, for announcement: Announcement
        ) {
            let now = announcement.createdAt
            plannedAt = now
            trippedSince = standstill.outage?.since
            self.until = (until ?? standstill.rest?.until).flatMap { $0 > now ? $0 : nil }
            guard announcement.reach == .first else { return }
            movesOnAt = standstill.end(ofPatienceOn: facts, for: announcement).map { max($0, now) }
        }
    }

    /// Whether it tells everybody, and nobody in person.
    public var isPublic: Bool { facts.traits.audience == .public }

    /// Whether a mark keeps it from those whom it would reach.
    public var isHeldBack: Bool { !isLacking && skipped[.channelDown, default: 0] > 0 }

    /// All rows of the channel.
    public var planned: Int { queued + skipped.values.reduce(0, +) + unmade.values.reduce(0, +) }

    /// Price times segments, or times deliveries where there are no segments; nil when it is free.
    ///
    /// It is the most that it comes to: of what expires before its turn, nothing is charged.
    public var cost: Money? {
        facts.price.map { Money($0.amount * Decimal(segments ?? queued), $0.currency) }
    }

    /// What those of them cost that leave in time, messages of every length being spread evenly; nil when it is free.
    public var timelyCost: Money? {
        facts.price.map { Money($0.amount * Decimal(timelySegments ?? leaving), $0.currency) }
    }

    /// SMS segments of those that leave in time, in the same way; nil where there are none.
    public var timelySegments: Int? {
        guard let segments, queued > 0, expiring > 0 else { return segments }
        return Int((Double(segments) * Double(leaving) / Double(queued)).rounded())
    }

    /// What those of them cost that are written down with the plan; nil when it is free.
    var firstCost: Money? {
        facts.price.map {
            Money($0.amount * Decimal((segments ?? queued) - (takenOver?.units ?? 0)), $0.currency)
        }
    }

    /// Segments of its shortest and its longest SMS; nil where there are none.
    public var segmentsPerMessage: Spread<Int>? {
        let spreads = locales.values.compactMap(\.segmentsPerMessage)
        guard let first = spreads.first else { return nil }
        return spreads.reduce(into: first) { whole, spread in
            whole.add(spread.least)
            whole.add(spread.most)
        }
    }

    /// What the cheapest and the dearest of them cost, in the price's currency; nil when it is free or sends nothing.
    public var costPerMessage: Spread<Decimal>? {
        guard let amount = facts.price?.amount, queued > 0 else { return nil }
        let spread = segmentsPerMessage ?? Spread(1)
        return Spread(amount * Decimal(spread.least), amount * Decimal(spread.most))
    }

    /// How long the queued deliveries take.
    public var pace: Pace {
        let streams = departures.joined
        return Pace(of: streams, late: max(0, queued - streams.reduce(0) { $0 + $1.count }))
    }

    /// What rewriting typographic characters saves; nil when that is nothing, or the channel is free.
    public var savedCost: Money? {
        guard let saved = lengths?.saved, saved > 0 else { return nil }
        return facts.price.map { Money($0.amount * Decimal(saved), $0.currency) }
    }
}
