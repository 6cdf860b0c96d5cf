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
    private let watched: Set<Contact.ID>
    private(set) var run: PlanningRun
    private var unfit: [UnfitValue: Int] = [:]
    private var unfitInPublic: Set<UnfitValue> = []
    private var lengths: [ChannelName: LengthPlan] = [:]
    private var unmade: [ChannelName: [ChannelPlan.Unmade: Int]] = [:]
    /// People who are planned for, but for whom no message can be made on any channel.
    private var speechless = 0
    private var held: [ChannelName: ChannelPlan.Held] = [:]
    private var movingOn: MovingOn
    private var waysOut: [ChannelName: [String: Bool]] = [:]
    /// What the watched people, else the first of each channel, would get; public places first.
    private(set) var shown: [ShownDelivery] = []

    /// A planned delivery that a dry run shows.
    struct ShownDelivery {
        let delivery: Delivery
        /// Nil for a public place.
        let contact: Contact?
    }

    private init(_ draft: Draft, _ markings: Markings, run: PlanningRun, watching watched: Set<Contact.ID>) {
        self.draft = draft
        self.markings = markings
        self.run = run
        self.watched = watched
        planner = Planner(
            draft.edition.announcement,
            over: draft.facts.map { facts in
                PlanningChannel(facts, isMarkedDown: markings.mark(on: facts) != nil)
            }, order: draft.facts.map(\.name))
        channels = Dictionary(uniqueKeysWithValues: draft.channels.map { ($0.facts.name, $0) })
        movingOn = MovingOn(draft, planner, at: markings.now)
    }

    /// Makes the whole pass, in memory of one page; `watched` are the people whose deliveries are wanted.
    ///
    /// - Throws: `badContent` with every value that somebody lacks; `storeFailed` when the journal does.
    static func conducted(
        _ draft: Draft, in run: PlanningRun, watching watched: Set<Contact.ID> = [], _ session: Session
    ) async throws(CommandFailure) -> Survey {
        let now = session.clock.now().wall
        let survey = try await session.translating { () async throws(StoreError) -> Survey in
            let store = draft.store
            let markings = Markings(said: try await store.marks(at: now), outside: draft.outside, at: now)
            var survey = Survey(draft, markings, run: run, watching: watched)
            try await survey.plan(store, session)
            return survey
        }
        try session.endIfInterrupted()
        try survey.refuseMissing()
        return survey
    }

    private func refuseMissing() throws(CommandFailure) {
        if missing.isEmpty { return }
        throw CommandFailure(
            .badContent, lines: missing.map { Plain.text($0, limit: 500) } + ["nothing was sent"])
    }

    /// The same, with everybody who has been told meanwhile of what is closed.
    ///
    /// - Throws: as ``conducted(_:in:watching:_:)``.
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
        examine(places: places)
    }

    private mutating func plan(
        _ members: [PlanningMember], _ deliveries: [Delivery], _ store: Store
    ) async throws(StoreError) {
        run = try await store.plan(deliveries, in: run)
        examine(members, deliveries)
    }

    private mutating func examine(places: [Delivery]) {
        shown += places.map { ShownDelivery(delivery: $0, contact: nil) }
        for place in places where place.plan == .queued {
            _ = note(place, for: nil)
            guard let form = channels[place.channel]?.facts.traits.form else { continue }
            let edition = draft.edition
            let values = edition.template.unfit(form, for: nil, announcement: edition.facts)
            unfitInPublic.formUnion(values)
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
            if watched.contains(contact.id) {
                shown += own.map { ShownDelivery(delivery: $0, contact: contact) }
            }
            let made = queued.count { note($0, for: contact) }
            // Under reach first the next channel may still say it.
            let isElsewhere =
                draft.edition.announcement.reach == .first
                || run.wasReachable(contact.id)
                || own.contains { $0.plan == .skipped(.duplicateAddress) }
            if made == 0, !queued.isEmpty, !isElsewhere { speechless += 1 }
        }
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
        for value in found { unfit[value, default: 0] += 1 }
    }

    /// Counts what one delivery comes to; false when its message cannot be made.
    private mutating func note(_ delivery: Delivery, for contact: Contact?) -> Bool {
        guard let channel = channels[delivery.channel], let message = made(channel, for: contact) else {
            return false
        }
        let facts = channel.facts
        if delivery.due > draft.edition.announcement.due {
            held[facts.name, default: ChannelPlan.Held(until: delivery.due)].add(delivery.due)
        }
        guard let contact else { return true }
        let locale = draft.edition.template.locale(for: contact)
        let known = waysOut[facts.name]?[locale]
        if watched.isEmpty, waysOut[facts.name] == nil {
            shown.append(ShownDelivery(delivery: delivery, contact: contact))
        }
        // What is cut may have lost its end, where that is usually said.
        if known == nil || message.isCut && draft.edition.announcement.purpose == .marketing {
            waysOut[facts.name, default: [:]][locale] = known != false && hasWayOut(message.content)
        }
        return true
    }

    /// Makes one message and counts its segments, or why there is none; a value that is missing is told by `missing`.
    private mutating func made(_ channel: ConfiguredChannel, for contact: Contact?) -> FittedContent? {
        let name = channel.facts.name
        do throws(RenderProblem) {
            let message = try draft.edition.message(over: channel.channel, for: contact)
            lengths[name, default: LengthPlan()].add(
                message, draft.measure(of: message, channel, contact))
            return message
        } catch {
            if let excess = error.excess {
                lengths[name, default: LengthPlan()].add(
                    tooLong: error.what, by: excess.length - excess.limit)
            }
            guard let reason = ChannelPlan.Unmade(rawValue: error.code.rawValue) else { return nil }
            unmade[name, default: [:]][reason, default: 0] += 1
            return nil
        }
    }

    /// Mail carries `List-Unsubscribe`, and anybody can block a bot; other texts have to say it themselves.
    private func hasWayOut(_ content: RenderedContent) -> Bool {
        switch content.form {
        case .email, .telegram: true
        case .sms, .webhook: OptOutWords.appear(in: String(decoding: content.text, as: UTF8.self))
        }
    }

    // MARK: Results

    /// One line for each value that somebody lacks: file, line, name, how many.
    private var missing: [String] {
        let lines = unfit.sorted { ($1.value, $0.key.description) < ($0.value, $1.key.description) }
        return lines.map { value, count in
            "\(value): so for \(count) of \(CountText.people(run.selected)); \(value.mend)"
        }
            + unfitInPublic.map(\.description).sorted().map {
                "\($0): so for public places, which are nobody's; give it a default, or leave them out"
            }
    }

    /// The plan as it is shown and held to the guard rails.
    func summary(now: Date) -> PlanSummary {
        let plans = draft.channels.filter {
            draft.isChosen($0.facts) || run.channels[$0.facts.name]?.planned ?? 0 > 0
        }
        return PlanSummary(
            of: draft.edition.announcement, digest: draft.digest, people: run.selected,
            reachable: run.reachable - speechless, channels: plans.map { plan($0.facts) },
            strangers: draft.strangers, unmatched: draft.unmatched,
            marks: markings.down.filter { mark in plans.contains { mark.covers($0.facts) } },
            oldMarks: markings.down.filter { $0.since < now.addingTimeInterval(-12 * 3600) })
    }

    private func plan(_ facts: ChannelFacts) -> ChannelPlan {
        let counts = run.channels[facts.name] ?? ChannelCounts()
        let unmade = unmade[facts.name] ?? [:]
        var plan = ChannelPlan(
            facts, mark: markings.mark(on: facts),
            queued: counts.count(.queued) - unmade.values.reduce(0, +),
            skipped: counts.skipped, unmade: unmade,
            segments: facts.traits.form == .sms ? lengths[facts.name]?.segments ?? 0 : nil,
            hasWayOut: waysOut[facts.name]?.values.allSatisfy(\.self) ?? true)
        plan.isLacking = markings.isLacking(facts)
        plan.held = held[facts.name]
        plan.lengths = lengths[facts.name]
        plan.day = draft.day(of: facts)
        plan.wait = draft.waits[facts.name]
        plan.wait?.costs = movingOn.costs(from: facts.name)
        plan.degraded = markings.degradation(of: facts)
        plan.isChosen = draft.isChosen(facts)
        return plan
    }
}
