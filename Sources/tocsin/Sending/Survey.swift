import Broadcast
import Channels
import Configuration
import Dispatching
import Foundation
import Storage
import Templating

/// One pass over the audience: who gets what over which channel, what it costs, and what is missing.
///
/// A dry run and a send make the same pass; only the journal behind it differs.
struct Survey {
    private let draft: Draft
    private let planner: Planner
    private let markings: Markings
    private let channels: [ChannelName: ConfiguredChannel]
    /// Where else people could be told; nil where that is not asked, or the plan says it.
    private let ways: Ways?
    private(set) var run: PlanningRun
    /// Where a trial writes down the same; nil when it is none.
    private(set) var journal: TrialJournal?
    private var lacks = Lacks()
    private var messages: MessageCount
    /// People who are planned for, but for whom no message can be made on any channel.
    private var speechless = 0
    private var held: [ChannelName: ChannelPlan.Held] = [:]
    private var movingOn: MovingOn
    private var losses: LossCount
    /// Whether somebody wants to see what would be sent, whatever stands in its way.
    private let isPreview: Bool
    /// What a preview shows.
    private(set) var showcase: Showcase

    private init(_ draft: Draft, _ markings: Markings, run: PlanningRun, showing asked: Set<Contact.ID>?) {
        self.draft = draft
        self.markings = markings
        self.run = run
        isPreview = asked != nil
        messages = MessageCount(of: draft)
        showcase = Showcase(asking: asked ?? [])
        losses = LossCount(over: draft.facts.filter(draft.isChosen))
        channels = Dictionary(uniqueKeysWithValues: draft.channels.map { ($0.facts.name, $0) })
        let planned = draft.facts.map { facts in
            PlanningChannel(facts, isMarkedDown: markings.mark(on: facts) != nil)
        }
        planner = Planner(draft.edition.announcement, over: planned, order: draft.facts.map(\.name))
        let isAsked = isPreview && draft.edition.announcement.reach == .first
        ways = isAsked ? Ways(draft.edition, over: planned, channels) : nil
        movingOn = MovingOn(draft, planner, at: markings.now)
    }

    /// Makes the whole pass, in memory of one page; `asked` are the people whose deliveries are wanted, nil
    /// where nothing is to be shown.
    ///
    /// - Throws: `badContent` with every value that somebody lacks, unless that is to be shown; `storeFailed` when the
    ///   journal does.
    static func conducted(
        _ draft: Draft, in run: PlanningRun, showing asked: Set<Contact.ID>? = nil,
        into journal: TrialJournal? = nil, _ session: Session
    ) async throws(CommandFailure) -> Survey {
        let now = session.clock.now().wall
        let survey = try await session.translating { () async throws(StoreError) -> Survey in
            let store = draft.store
            let markings = Markings(said: try await store.marks(at: now), outside: draft.outside, at: now)
            var survey = Survey(draft, markings, run: run, showing: asked)
            survey.journal = journal
            try await survey.plan(store, session)
            return survey
        }
        try session.endIfInterrupted()
        try survey.refuseMissing()
        return survey
    }

    private func refuseMissing() throws(CommandFailure) {
        let missing = missing
        if missing.isEmpty || isPreview { return }
        throw CommandFailure(
            .badContent, lines: missing.map { Plain.text($0.message, limit: 500) } + ["nothing was sent"])
    }

    /// The same, with everybody who has been told meanwhile of what is closed.
    ///
    /// - Throws: as ``conducted(_:in:showing:into:_:)``.
    func grown(by told: NewlyTold, _ session: Session) async throws(CommandFailure) -> Survey {
        let survey = try await session.translating { () async throws(StoreError) -> Survey in
            var survey = self
            try await survey.add(told, draft.store)
            if told.next != nil { try await survey.planTold(draft.store, session) }
            return survey
        }
        try session.endIfInterrupted()
        try survey.refuseMissing()
        return survey
    }

    /// The same and what is added, before the journal knows of it; nil when somebody lacks a value.
    func extended(by told: NewlyTold) -> (survey: Survey, deliveries: [Delivery])? {
        var survey = self
        survey.run = run.meeting(told)
        let (places, direct) = (places(told), direct(told))
        survey.examine(places: places)
        survey.examine(told.people, direct)
        survey.run = survey.run.counting(places + direct)
        return survey.missing.isEmpty ? (survey, places + direct) : nil
    }

    private mutating func plan(_ store: Store, _ session: Session) async throws(StoreError) {
        if draft.edition.announcement.closes != nil { return try await planTold(store, session) }
        try await plan(places: planner.publicDeliveries, store)
        for try await page in store.pages(draft.selection) {
            let members = page.map(\.planning)
            try await plan(members, planner.deliveries(for: members), store)
            session.output.progress("planning: \(CountText.people(run.selected))")
            if session.interruption?.isAsked == true { break }
        }
        session.output.endProgress()
    }

    private mutating func planTold(_ store: Store, _ session: Session) async throws(StoreError) {
        var after: Int64? = 0
        while let from = after, session.interruption?.isAsked != true {
            let told = try await store.newlyTold(in: run, after: from)
            try await add(told, store)
            session.output.progress("planning: \(CountText.people(run.selected))")
            after = told.next
        }
        session.output.endProgress()
    }

    private mutating func add(_ told: NewlyTold, _ store: Store) async throws(StoreError) {
        run = run.meeting(told)
        try await plan(places: places(told), store)
        try await plan(told.people, direct(told), store)
    }

    private func places(_ told: NewlyTold) -> [Delivery] {
        planner.publicDeliveries.filter { told.places.contains($0.channel) }
    }

    private func direct(_ told: NewlyTold) -> [Delivery] {
        told.unplanned(of: planner.deliveries(for: told.people))
    }

    private mutating func plan(places: [Delivery], _ store: Store) async throws(StoreError) {
        run = try await store.plan(places, in: run)
        try await journal?.plan(places)
        examine(places: places)
    }

    private mutating func plan(
        _ members: [PlanningMember], _ deliveries: [Delivery], _ store: Store
    ) async throws(StoreError) {
        run = try await store.plan(deliveries, in: run)
        try await journal?.plan(deliveries)
        examine(members, deliveries)
    }

    private mutating func examine(places: [Delivery]) {
        for place in places { showcase.add(place: place) }
        for place in places where place.plan == .queued {
            if note(place, for: nil) { losses.add(place: place.channel) }
            guard let form = channels[place.channel]?.facts.traits.form else { continue }
            let edition = draft.edition
            lacks.add(ofPlace: edition.template.unfit(form, for: nil, announcement: edition.facts))
        }
    }

    private mutating func examine(_ members: [PlanningMember], _ deliveries: [Delivery]) {
        var rest = deliveries[...]
        for member in members {
            let contact = member.contact
            let planned = rest.prefix { $0.contact == contact.id }
            rest = rest.dropFirst(planned.count)
            let own = planned.map(asWritten)
            let queued = own.filter { $0.plan == .queued }
            for delivery in queued { movingOn.count(delivery, for: member) }
            check(contact, Set(queued.compactMap { channels[$0.channel]?.facts.traits.form }))
            showcase.add(own, of: contact)
            let made = queued.filter { note($0, for: contact) }.map(\.channel)
            let shared = own.filter { $0.plan == .skipped(.duplicateAddress) }.map(\.channel)
            if isPreview { countLosses(of: member, over: made + shared) }
            // Under reach first the next channel may still say it.
            let isElsewhere =
                draft.edition.announcement.reach == .first
                || run.wasReachable(contact.id) || !shared.isEmpty
            if made.isEmpty, !queued.isEmpty, !isElsewhere { speechless += 1 }
        }
    }

    /// Takes in over which channels a person is told, and over which they could be.
    private mutating func countLosses(of member: PlanningMember, over planned: [ChannelName]) {
        var open = planned.filter { channels[$0].map { markings.mark(on: $0.facts) == nil } ?? false }
        open += ways?.others(of: member, than: planned) ?? []
        // What the first channel cannot say the next one will.
        losses.add(planned: planned.isEmpty ? Array(open.prefix(1)) : planned, open: open)
    }

    /// The journal knows who shares an address, the planner does not.
    private func asWritten(_ delivery: Delivery) -> Delivery {
        guard let contact = delivery.contact, run.duplicates[contact]?.contains(delivery.channel) == true
        else {
            return delivery
        }
        var delivery = delivery
        delivery.plan = .skipped(.duplicateAddress)
        return delivery
    }

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
    private mutating func note(_ delivery: Delivery, for contact: Contact?) -> Bool {
        guard let channel = channels[delivery.channel] else { return false }
        let making = Making(draft.edition, over: channel.channel, for: contact)
        let locale = draft.edition.template.locale(for: contact)
        messages.add(making, over: channel, for: contact, in: locale)
        if case .unmade = making {
            if let contact { showcase.add(unmade: delivery, for: contact) }
            return false
        }
        let name = delivery.channel
        if delivery.due > draft.edition.announcement.due {
            held[name, default: ChannelPlan.Held(until: delivery.due)].add(delivery.due)
        }
        if let contact, isPreview {
            let length = making.length(unless: showcase.length(over: name))
            showcase.add(delivery, for: contact, locale: locale, length: length)
        }
        return true
    }

    // MARK: Results

    private var missing: [MissingValue] { lacks.values(of: run.selected) }

    /// The plan as it is shown and held to the guard rails.
    func summary(now: Date) -> PlanSummary {
        let plans = draft.channels.filter {
            draft.isChosen($0.facts) || run.channels[$0.facts.name]?.planned ?? 0 > 0
        }
        var summary = PlanSummary(
            of: draft.edition.announcement, digest: draft.previewed, people: run.selected,
            reachable: run.reachable - speechless, channels: plans.map { plan($0.facts) },
            strangers: draft.strangers, unmatched: draft.unmatched,
            marks: markings.down.filter { mark in plans.contains { mark.covers($0.facts) } },
            oldMarks: markings.down.filter { $0.since < now.addingTimeInterval(-12 * 3600) })
        summary.missing = missing
        summary.losses = isPreview ? losses.losses : nil
        return summary
    }

    private func plan(_ facts: ChannelFacts) -> ChannelPlan {
        let counts = run.channels[facts.name] ?? ChannelCounts()
        var plan = messages.plan(facts, counts, markings.mark(on: facts))
        plan.isLacking = markings.isLacking(facts)
        plan.held = held[facts.name]
        plan.day = draft.day(of: facts)
        plan.wait = draft.waits[facts.name]
        plan.wait?.costs = movingOn.costs(from: facts.name)
        plan.degraded = markings.degradation(of: facts)
        plan.isChosen = draft.isChosen(facts)
        return plan
    }
}
