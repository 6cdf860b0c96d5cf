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
    private(set) var run: PlanningRun
    /// Where a trial writes down the same; nil when it is none.
    private(set) var journal: TrialJournal?
    private var reckoning: Reckoning

    private init(_ draft: Draft, _ markings: Markings, run: PlanningRun, showing asked: Set<Contact.ID>?) {
        self.draft = draft
        self.markings = markings
        self.run = run
        let planned = draft.facts.map { facts in
            PlanningChannel(facts, isMarkedDown: markings.mark(on: facts) != nil)
        }
        planner = Planner(draft.edition.announcement, over: planned, order: draft.facts.map(\.name))
        reckoning = Reckoning(draft, planner, markings, showing: asked)
    }

    /// What a preview shows.
    var showcase: Showcase { reckoning.showcase }

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
        if missing.isEmpty || reckoning.isPreview { return }
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
        survey.reckoning.add(places: places)
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
        reckoning.add(places: places)
    }

    private mutating func plan(
        _ members: [PlanningMember], _ deliveries: [Delivery], _ store: Store
    ) async throws(StoreError) {
        run = try await store.plan(deliveries, in: run)
        try await journal?.plan(deliveries)
        examine(members, deliveries)
    }

    private mutating func examine(_ members: [PlanningMember], _ deliveries: [Delivery]) {
        var rest = deliveries[...]
        for member in members {
            let contact = member.contact
            let planned = rest.prefix { $0.contact == contact.id }
            rest = rest.dropFirst(planned.count)
            reckoning.add(
                planned.map(asWritten), for: member, wasReachable: run.wasReachable(contact.id))
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

    // MARK: Results

    private var missing: [MissingValue] { reckoning.missing(of: run.selected) }

    /// The plan as somebody sees it before it leaves, with all that it warns of.
    func shown(now: Date, closing: PlanSummary.Closing?) -> PlanSummary {
        var plan = summary(now: now)
        plan.closing = closing
        plan.warnings = draft.warnings(on: plan, reckoning.foreign)
        return plan
    }

    /// The plan as it is held to the guard rails.
    func summary(now: Date) -> PlanSummary {
        let plans = draft.channels.filter {
            draft.isChosen($0.facts) || run.channels[$0.facts.name]?.planned ?? 0 > 0
        }
        var summary = PlanSummary(
            of: draft.edition.announcement, digest: draft.previewed, people: run.selected,
            reachable: run.reachable - reckoning.speechless,
            channels: plans.map { reckoning.plan($0.facts, run.channels[$0.facts.name] ?? ChannelCounts()) },
            strangers: draft.strangers, unmatched: draft.unmatched,
            marks: markings.down.filter { mark in plans.contains { mark.covers($0.facts) } },
            oldMarks: markings.down.filter { $0.since < now.addingTimeInterval(-12 * 3600) })
        summary.missing = missing
        summary.hearers = reckoning.hearers
        summary.losses = reckoning.ifDown
        summary.lead(reckoning.onward, of: draft.edition.announcement)
        return summary
    }
}
