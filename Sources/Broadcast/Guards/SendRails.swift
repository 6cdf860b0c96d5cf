internal import Foundation

/// The guard rails between a plan and its first message: they make a send hard to misfire.
public struct SendRails: Sendable, Hashable {
    /// What may happen.
    public enum Decision: Sendable, Hashable {
        case proceed
        /// Ask a plain yes or no.
        case askYes
        /// Ask for this number, typed: so many people will be told.
        case askNumber(Int)
        /// Every reason at once, the gravest first; never empty.
        case refuse([Refusal])

        /// Whether somebody is asked.
        public var isQuestion: Bool {
            switch self {
            case .askYes, .askNumber: true
            case .proceed, .refuse: false
            }
        }
    }

    /// More people than this are confirmed by typing their number.
    public static let mostWithoutNumber = 100

    /// Whether the owner has said `--yes`.
    public var saysYes: Bool
    /// Whether somebody can be asked.
    public var isTerminal: Bool
    /// How many people the owner expects, within 5 %; nil when not said.
    public var people: Int?
    /// The most it may cost; nil when not said.
    public var maxCost: Money?
    /// The digest that was previewed; nil when not said.
    public var digest: String?
    /// Whether ids that no contact has are simply left out.
    public var skipsUnknown: Bool
    /// Whether the owner has named the channels: then each of them is meant.
    public var namesChannels: Bool
    /// Whether what is marked down is waited for: then that is a way as well.
    public var waitsForMarked: Bool

    /// What the owner has said beside the announcement itself.
    public init(
        saysYes: Bool = false, isTerminal: Bool, people: Int? = nil, maxCost: Money? = nil,
        digest: String? = nil, skipsUnknown: Bool = false, namesChannels: Bool = false,
        waitsForMarked: Bool = false
    ) {
        self.saysYes = saysYes
        self.isTerminal = isTerminal
        self.people = people
        self.maxCost = maxCost
        self.digest = digest
        self.skipsUnknown = skipsUnknown
        self.namesChannels = namesChannels
        self.waitsForMarked = waitsForMarked
    }

    /// Whether secrets that are missing stand in the way, which shows before anything is planned; nil when they do not.
    ///
    /// What was meant for a channel without its secret is skipped. Only a person can agree to that: at the question, by
    /// naming other channels, or by a mark. A yes that was given beforehand agrees to what was known then.
    public func refusal(over chosen: [ChannelFacts], _ markings: Markings, isForAll: Bool) -> Refusal? {
        let lacking = chosen.filter(markings.isLacking)
        let whole = chosen.filter { $0.missing == nil }
        guard !lacking.isEmpty, namesChannels || whole.isEmpty || saysYes || !isTerminal else { return nil }
        let others = whole.filter { waitsForMarked || markings.mark(on: $0) == nil }
        let lists = [false, true].map { isFlawed in lacking.filter { $0.hasFlawedSecret == isFlawed } }
            .filter { !$0.isEmpty }.map { alike in
                "\(alike[0].lack) on "
                    + alike.map { "\($0.name) (\($0.missing ?? ""))" }.joined(separator: ", ")
                    + ": \(alike[0].lackRemedy)"
            }
        let inPublic = others.allSatisfy { $0.traits.audience == .public }
        let choice = Self.choice(of: others.map(\.name), inPublic: inPublic, isForAll: isForAll)
        let way = others.isEmpty ? "" : ", or go on without: \(choice)"
        return Refusal(.secretMissing, lists.joined(separator: "; ") + way)
    }

    /// The words that choose `channels` alone; with public places only, everybody has to be selected.
    static func choice(of channels: [ChannelName], inPublic: Bool, isForAll: Bool) -> String {
        let audience = inPublic && !isForAll ? "--to all " : ""
        return "\(audience)--channels \(channels.map(\.rawValue).joined(separator: ","))"
    }

    /// Whether `plan` may leave, or what has to be asked first.
    public func decision(on plan: PlanSummary) -> Decision {
        let found = [
            downRefusal(plan), audienceRefusal(plan), unreachableRefusal(plan), strangerRefusal(plan),
            contentRefusal(plan),
            urgencyRefusal(plan), wayOutRefusal(plan), unmadeRefusal(plan), peopleRefusal(plan),
            failoverRefusal(plan),
        ]
        let refusals = found.compactMap(\.self) + costRefusals(plan)
        if !refusals.isEmpty { return .refuse(refusals) }
        if saysYes || plan.isLittle { return .proceed }
        guard isTerminal else {
            return .refuse([
                Refusal(
                    .needsYes,
                    "\(Self.count(plan)), and nobody can be asked: look at --dry-run, then add --yes")
            ])
        }
        let isMany = plan.direct > 0 && plan.people > Self.mostWithoutNumber
        return isMany ? .askNumber(plan.people) : .askYes
    }

    /// Whether what was typed is the number of people asked for.
    public static func isConfirmed(_ typed: String, people: Int) -> Bool {
        let digits = typed.drop { $0 == " " }.prefix { $0.isASCII && $0.isWholeNumber }
        return Int(digits) == people && typed.allSatisfy { $0 == " " || ($0.isASCII && $0.isWholeNumber) }
    }

    private static func count(_ plan: PlanSummary) -> String {
        let places = plan.deliveries - plan.direct
        let to = plan.direct > 0 ? ["\(plan.direct) to \(CountText.people(plan.reachable))"] : []
        let parts = to + (places > 0 ? ["\(places) public"] : [])
        let ended = plan.closing.map { ", \($0.waiting) of \($0.id) would be cancelled" } ?? ""
        return
            "\(CountText.deliveries(plan.deliveries)) would leave (\(parts.joined(separator: ", ")))\(ended)"
    }

    /// Who selects people means to reach them: what remains in public does not stand for that.
    private func downRefusal(_ plan: PlanSummary) -> Refusal? {
        let direct = plan.chosen.filter { !$0.isPublic }
        let isWhole = plan.chosen.allSatisfy { $0.mark != nil }
        let ways = isWhole || direct.isEmpty || plan.people == 0 ? plan.chosen : direct
        guard ways.allSatisfy({ $0.mark != nil && $0.queued == 0 }), !ways.allSatisfy(\.isLacking) else {
            return nil
        }
        let names = ways.map { channel in
            channel.facts.name.rawValue
                + (channel.facts.missing.map { ", \(channel.facts.lack): \($0)" } ?? "")
        }.joined(separator: "; ")
        let rest = plan.chosen.filter { $0.queued > 0 }.map(\.facts.name)
        let way =
            rest.isEmpty
            ? "choose others with --channels" : "tell the public alone with \(plan.choice(of: rest))"
        var lifts: [String] = []
        for mark in ways.compactMap(\.mark) where mark.origin != .configuration {
            let lift = "`tocsin channels up \(mark.operand)`"
            if !lifts.contains(lift) { lifts.append(lift) }
        }
        return Refusal(
            .everyChannelDown,
            "every \(isWhole ? "" : "direct ")channel is marked down (\(names)): mark one up with "
                + "\(lifts.joined(separator: " or ")), \(way), or add --wait")
    }

    /// Who lists people by id means each of them: one who is not there may be a typing slip.
    private func strangerRefusal(_ plan: PlanSummary) -> Refusal? {
        guard plan.strangers.count > 0, !skipsUnknown else { return nil }
        return Refusal(
            .unknownContacts,
            "the audience names \(plan.strangers): correct it, or leave them out with --skip-unknown")
    }

    private func audienceRefusal(_ plan: PlanSummary) -> Refusal? {
        if let closing = plan.closing {
            guard plan.people == 0, plan.deliveries == 0 else { return nil }
            return Refusal(
                .nobodySelected,
                "nobody has been told of \(closing.id): there is nothing to close; `tocsin cancel \(closing.id)` ends it"
            )
        }
        // Public places are told whatever the audience; a misspelt one must not reach them alone by accident.
        guard plan.chosen.contains(where: { !$0.isPublic }) else {
            guard !plan.isForAll, !plan.chosen.isEmpty else { return nil }
            return Refusal(
                .nobodySelected,
                "only public places are chosen, which tell everybody: say so with --to all")
        }
        if plan.people == 0 {
            let slips = plan.unmatched.map(\.description).joined(separator: "; ")
            return Refusal(
                .nobodySelected,
                "the audience selects nobody: "
                    + (slips.isEmpty ? "see `tocsin contacts list AUDIENCE`" : slips))
        }
        return nil
    }

    /// An announcement that tells nobody would only stand in the way of the mended one.
    private func unreachableRefusal(_ plan: PlanSummary) -> Refusal? {
        let isHeldBack = plan.chosen.contains { !$0.isPublic && $0.isHeldBack }
        let places = plan.placesInsteadOfPeople
        let isSilent = plan.deliveries == 0 || plan.direct == 0 && (isHeldBack || !places.isEmpty)
        guard plan.people > 0, isSilent, downRefusal(plan) == nil, unmadeRefusal(plan) == nil,
            !plan.chosen.allSatisfy(\.isLacking)
        else { return nil }
        let channels = plan.channels.filter { $0.queued == 0 }.map { channel in
            let reasons = channel.skipped.filter { $0.value > 0 }.sorted { $0.key.rawValue < $1.key.rawValue }
            return "\(channel.facts.name): "
                + reasons.map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", ")
        }
        let wait = isHeldBack ? "; --wait waits for what is marked down" : ""
        let end = plan.closing.map { "; `tocsin cancel \($0.id)` ends it without a word" } ?? ""
        return Refusal(
            isHeldBack ? .everyChannelDown : .nobodyReachable,
            "of \(CountText.people(plan.people)) nobody can be told (\(channels.joined(separator: "; "))): "
                + "see `tocsin contacts show ID`\(wait)\(plan.wayOfPlaces(places))\(end)")
    }

    private func contentRefusal(_ plan: PlanSummary) -> Refusal? {
        guard let digest, !plan.digest.isNamed(by: digest) else { return nil }
        let isCopiedBadly = digest.lowercased().hasPrefix(plan.digest.short)
        let expected = isCopiedBadly ? digest : String(digest.prefix(plan.digest.short.count))
        let changes = plan.digest.changes(since: digest).map { parts in
            " (changed: \(parts.map(\.rawValue).joined(separator: ", ")))"
        }
        return Refusal(
            .otherContent,
            "this is no longer what was previewed\(changes ?? ""): its digest is \(plan.digest.short), "
                + "expected \(Excerpt.of(expected)); look at --dry-run again")
    }

    private func urgencyRefusal(_ plan: PlanSummary) -> Refusal? {
        guard plan.purpose == .marketing, plan.priority == .urgent else { return nil }
        return Refusal(
            .marketingUrgent,
            "\(plan.template) is marketing and cannot be urgent: set its priority to normal or bulk")
    }

    private func wayOutRefusal(_ plan: PlanSummary) -> Refusal? {
        guard plan.purpose == .marketing else { return nil }
        let closed = plan.channels.filter { $0.queued > 0 && !$0.hasWayOut }.map(\.facts.name.rawValue)
        guard !closed.isEmpty else { return cutWayOutRefusal(plan) }
        return Refusal(
            .noWayOut,
            "\(plan.template) is marketing and tells no reader on \(closed.joined(separator: ", ")) how to "
                + "unsubscribe: add a way to its text, or leave those channels out with --channels")
    }

    private func cutWayOutRefusal(_ plan: PlanSummary) -> Refusal? {
        let cuts = plan.channels.filter { $0.queued > 0 && $0.cutWaysOut > 0 }.map { channel in
            "\(CountText.grouped(channel.cutWaysOut)) of \(CountText.grouped(channel.queued)) on \(channel.facts.name)"
        }
        guard !cuts.isEmpty else { return nil }
        return Refusal(
            .noWayOut,
            "\(plan.template) is marketing, and the cut takes away how to unsubscribe from "
                + "\(cuts.joined(separator: ", ")): say it at the beginning of the text, shorten that, or raise the limit "
                + "it is cut to (maxSegments, maxCharacters)")
    }

    /// A channel whose every reader would be refused shows that the text is wrong, not the reader.
    private func unmadeRefusal(_ plan: PlanSummary) -> Refusal? {
        let failed = plan.channels.first { channel in
            // Under reach `first` the ones taken over may go on from there.
            let own = channel.unmade.values.reduce(0, +) - (channel.takenOver?.unmade ?? 0)
            return channel.queued == 0 && own > 0
        }
        guard let channel = failed else { return nil }
        let reasons = channel.unmade.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.value) \($0.key.rawValue)" }
        return Refusal(
            .messageUnmade,
            "no message can be made for \(channel.facts.name) (\(reasons.joined(separator: ", "))): "
                + "\(plan.mend(of: channel)) leave the channel out with --channels")
    }

    private func peopleRefusal(_ plan: PlanSummary) -> Refusal? {
        guard let people, abs(Double(plan.people) - Double(people)) > Double(people) * 0.05 else {
            return nil
        }
        return Refusal(
            .otherPeople,
            "the audience selects \(CountText.people(plan.people)), but --people says \(people) (5 % either way): "
                + "look at the audience, or correct the number")
    }

    private func costRefusals(_ plan: PlanSummary) -> [Refusal] {
        guard let maxCost else { return [] }
        return plan.costs.compactMap { cost in
            if cost.currency != maxCost.currency, cost.amount > 0 {
                return Refusal(
                    .tooExpensive,
                    "it costs \(cost), which --max-cost \(maxCost) cannot be compared with: "
                        + "give the bound in \(cost.currency)")
            }
            guard cost.amount > maxCost.amount else { return nil }
            return Refusal(.tooExpensive, "it costs \(cost), more than --max-cost \(maxCost)")
        }
    }

    /// A free channel that fails must not turn a bulk mailing into a bill that nobody has agreed to.
    private func failoverRefusal(_ plan: PlanSummary) -> Refusal? {
        let ways = plan.chosen.filter { !$0.isPublic }
        guard plan.reach == .first, plan.priority == .bulk, maxCost == nil,
            ways.contains(where: { $0.facts.price == nil }),
            let priced = ways.first(where: { $0.facts.price != nil })
        else { return nil }
        return Refusal(
            .costUnbounded,
            "bulk with reach first may fail over from a free channel to \(priced.facts.name), which costs "
                + "\(priced.facts.price?.description ?? "money"): bound it with --max-cost")
    }
}
