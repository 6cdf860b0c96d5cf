import Broadcast
import Configuration
import Dispatching
import Storage
import Templating

/// What planned deliveries come to: messages, costs, who is told by when, and what is missing.
struct Reckoning {
    private let draft: Draft
    private let planner: Planner
    private let markings: Markings
    private let channels: [ChannelName: ConfiguredChannel]
    /// Where else people could be told; nil where that is not asked, or the plan says it.
    private let ways: Ways?
    private var lacks = Lacks()
    private var messages: MessageCount
    /// People who are planned for, but for whom no message can be made on any channel.
    private(set) var speechless = 0
    private var held: [ChannelName: ChannelPlan.Held] = [:]
    private(set) var hearers = Hearers()
    /// Who of them reads another language.
    private(set) var foreign = ForeignReaders()
    private var movingOn: MovingOn
    private var losses: LossCount
    /// Whether somebody wants to see what would be sent, whatever stands in its way.
    let isPreview: Bool
    /// What a preview shows.
    private(set) var showcase: Showcase

    /// None yet; `asked` are the people whose deliveries are wanted, nil where nothing is to be shown.
    init(_ draft: Draft, _ planner: Planner, _ markings: Markings, showing asked: Set<Contact.ID>?) {
        self.draft = draft
        self.planner = planner
        self.markings = markings
        isPreview = asked != nil
        messages = MessageCount(of: draft)
        showcase = Showcase(asking: asked ?? [])
        losses = LossCount(over: draft.facts.filter(draft.isChosen))
        channels = Dictionary(uniqueKeysWithValues: draft.channels.map { ($0.facts.name, $0) })
        let isAsked = isPreview && draft.edition.announcement.reach == .first
        ways = isAsked ? Ways(draft.edition, planner, channels) : nil
        movingOn = MovingOn(draft, planner, at: markings.now)
    }

    private var announcement: Announcement { draft.edition.announcement }

    // MARK: Public places

    /// Takes in what is planned for public places.
    mutating func add(places: [Delivery]) {
        for place in places { showcase.add(place: place) }
        for place in places where place.plan == .queued {
            if count(place, for: nil) { losses.add(place: place.channel) }
            guard let form = channels[place.channel]?.facts.traits.form else { continue }
            let edition = draft.edition
            lacks.add(ofPlace: edition.template.unfit(form, for: nil, announcement: edition.facts))
        }
    }

    // MARK: People

    /// Takes in what is planned for one person, as the journal has it; `wasReachable` when something went to them before.
    mutating func add(_ planned: [Delivery], for member: PlanningMember, wasReachable: Bool) {
        let contact = member.contact
        showcase.add(planned, of: contact)
        let queued = planned.filter { $0.plan == .queued }
        var forms = Set(queued.compactMap { form(of: $0) })
        var made = queued.filter { count($0, for: contact) }
        var failed: Set<ChannelName> = []
        if made.count < queued.count { failed = Set(queued.map(\.channel)).subtracting(made.map(\.channel)) }
        if made.isEmpty, !queued.isEmpty, let next = takeOver(of: member, after: &failed) {
            made = [next]
            showcase.add(made, of: contact)
            if let form = form(of: next) { forms.insert(form) }
        }
        check(contact, forms)
        let shared = planned.filter { $0.plan == .skipped(.duplicateAddress) }
        // Whose copy another carries goes on when that one does not come, each alone.
        for delivery in made + shared { movingOn.count(delivery, for: member, except: failed) }
        if isPreview { countLosses(of: member, over: (made + shared).map(\.channel)) }
        if wasReachable { return }
        hearers.add(made + shared, from: announcement.due)
        if !made.isEmpty {
            foreign.add(
                contact.locale ?? announcement.content.sender.locale,
                given: draft.edition.template.locale(for: contact))
        }
        if made.isEmpty, !queued.isEmpty, shared.isEmpty { speechless += 1 }
    }

    /// The delivery that somebody gets under reach `first` whom the channels that `failed` cannot tell, as the send leads
    /// them on; nil when no channel can.
    private mutating func takeOver(
        of member: PlanningMember, after failed: inout Set<ChannelName>
    ) -> Delivery? {
        guard announcement.reach == .first else { return nil }
        while let next = planner.successor(for: member, after: failed, now: announcement.due) {
            if count(next, for: member.contact, isTakenOver: true) { return next }
            failed.insert(next.channel)
        }
        return nil
    }

    /// Takes in over which channels a person is told, over which they could be, and shows those.
    private mutating func countLosses(of member: PlanningMember, over planned: [ChannelName]) {
        let open = planned.filter { channels[$0].map { markings.mark(on: $0.facts) == nil } ?? false }
        let others = ways?.others(of: member, than: planned) ?? []
        let locale = others.isEmpty ? "" : draft.edition.template.locale(for: member.contact)
        for way in others {
            let longest = showcase.length(over: way.delivery.channel, isNext: true)
            showcase.add(
                next: way.delivery, for: member.contact, locale: locale,
                length: way.making.length(unless: longest))
        }
        losses.add(planned: planned, open: open + others.map(\.delivery.channel)) { name in
            guard let way = others.first(where: { $0.delivery.channel == name }),
                let price = channels[name]?.facts.price
            else { return nil }
            return (way.making.segments ?? 1, price)
        }
    }

    private func form(of delivery: Delivery) -> ContentForm? { channels[delivery.channel]?.facts.traits.form }

    private mutating func check(_ contact: Contact, _ forms: Set<ContentForm>) {
        let edition = draft.edition
        var found: Set<UnfitValue> = []
        for form in forms {
            found.formUnion(edition.template.unfit(form, for: contact, announcement: edition.facts))
        }
        lacks.add(found)
    }

    /// Counts what one delivery comes to; false when its message cannot be made, but for a value that is missing, of which
    /// `lacks` tells.
    private mutating func count(
        _ delivery: Delivery, for contact: Contact?, isTakenOver: Bool = false
    ) -> Bool {
        guard let channel = channels[delivery.channel] else { return false }
        let making = Making(draft.edition, over: channel.channel, for: contact)
        let (name, locale) = (delivery.channel, draft.edition.template.locale(for: contact))
        messages.add(making, over: channel, for: contact, in: locale)
        if isTakenOver { messages.addTakenOver(making, over: name) }
        if case .unmade = making {
            if let contact { showcase.add(unmade: delivery, for: contact) }
            return false
        }
        let start = announcement.due
        if delivery.due > start {
            held[name, default: ChannelPlan.Held(from: start)].add(delivery.due)
        }
        if let contact, isPreview {
            let length = making.length(unless: showcase.length(over: name))
            showcase.add(delivery, for: contact, locale: locale, length: length)
        }
        return true
    }

    // MARK: Results

    /// What somebody lacks of the `selected`.
    func missing(of selected: Int) -> [MissingValue] { lacks.values(of: selected) }

    /// What would be lost if a company were down; nil where nobody asked.
    var ifDown: [Loss]? { isPreview ? losses.losses : nil }

    /// Where people go on to whose channel does not come to them.
    var onward: Onward { movingOn.onward }

    /// The plan of one channel, of which the journal has `counts`.
    func plan(_ facts: ChannelFacts, _ counts: ChannelCounts) -> ChannelPlan {
        var plan = messages.plan(facts, counts, markings.mark(on: facts))
        plan.isLacking = markings.isLacking(facts)
        plan.held = held[facts.name]
        plan.day = draft.day(of: facts)
        plan.within = announcement.within(over: facts)
        plan.expires = announcement.expiresAfter
        plan.wait = draft.waits[facts.name]
        plan.degraded = markings.degradation(of: facts)
        plan.isChosen = draft.isChosen(facts)
        return plan
    }
}
