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
    private let marks: [Mark]
    private let forms: [ChannelName: ContentForm]
    private(set) var run: PlanningRun
    private var segments: [ChannelName: Int] = [:]
    private var unfit: [UnfitValue: Int] = [:]
    private var lacking = 0
    /// For each channel, the first contact who would get it.
    private(set) var firstMembers: [ChannelName: Member] = [:]

    /// Begins a pass of `draft` with the marks that hold now.
    init(_ draft: Draft, marks: [Mark], run: PlanningRun) {
        self.draft = draft
        self.marks = marks
        self.run = run
        planner = Planner(
            draft.edition.announcement,
            over: draft.facts.map { facts in
                PlanningChannel(facts, isMarkedDown: marks.contains { $0.covers(facts) })
            }, order: draft.facts.map(\.name))
        forms = Dictionary(uniqueKeysWithValues: draft.facts.map { ($0.name, $0.traits.form) })
    }

    /// Plans the public places and every member of the audience, in memory of one page.
    mutating func conduct(_ store: Store, _ output: Output) async throws(StoreError) {
        run = try await store.plan(planner.publicDeliveries, in: run)
        for try await page in store.pages(draft.selection) {
            let deliveries = planner.deliveries(for: page.map(\.planning))
            run = try await store.plan(deliveries, in: run)
            examine(page, deliveries)
            output.progress("planning: \(run.selected) people")
        }
        output.endProgress()
    }

    private mutating func examine(_ page: [Member], _ deliveries: [Delivery]) {
        var rest = deliveries[...]
        for member in page {
            let own = rest.prefix { $0.contact == member.contact.id }
            rest = rest.dropFirst(own.count)
            let queued = own.filter { $0.plan == .queued }
            check(member.contact, Set(queued.compactMap { forms[$0.channel] }))
            for delivery in queued {
                if firstMembers[delivery.channel] == nil { firstMembers[delivery.channel] = member }
                if forms[delivery.channel] == .sms { count(delivery.channel, member.contact) }
            }
        }
    }

    private mutating func check(_ contact: Contact, _ forms: Set<ContentForm>) {
        let edition = draft.edition
        var found: Set<UnfitValue> = []
        for form in forms {
            found.formUnion(edition.template.unfit(form, for: contact, announcement: edition.facts))
        }
        if !found.isEmpty { lacking += 1 }
        for value in found { unfit[value, default: 0] += 1 }
    }

    /// A text that cannot be rendered counts as one segment; ``check(_:_:)`` has told why.
    private mutating func count(_ channel: ChannelName, _ contact: Contact) {
        let edition = draft.edition
        let content = try? edition.template.render(.sms, for: contact, announcement: edition.facts)
        let text = content.map { String(decoding: $0.text, as: UTF8.self) } ?? ""
        segments[channel, default: 0] += max(1, SMSLength(text).segments)
    }

    // MARK: Results

    /// One line for each value that somebody lacks: file, line, name, how many.
    var missing: [String] {
        let lines = unfit.sorted { ($1.value, $0.key.description) < ($0.value, $1.key.description) }
        return lines.map { value, count in
            "\(value): so for \(count) of \(run.selected) people; give it a default, or leave them out"
        }
    }

    /// The plan as it is shown and held to the guard rails.
    func summary(now: Date) -> PlanSummary {
        let plans = draft.channels.filter { draft.isChosen($0.facts) || run.channels[$0.facts.name] != nil }
        return PlanSummary(
            of: draft.edition.announcement, digest: draft.digest, people: run.selected, reachable: run.reachable,
            channels: plans.map { plan($0.facts) },
            oldMarks: marks.filter { $0.since < now.addingTimeInterval(-12 * 3600) })
    }

    private func plan(_ facts: ChannelFacts) -> ChannelPlan {
        let counts = run.channels[facts.name] ?? ChannelCounts()
        return ChannelPlan(
            facts, mark: marks.first { $0.covers(facts) }, queued: counts.count(.queued),
            skipped: counts.skipped, segments: facts.traits.form == .sms ? segments[facts.name] ?? 0 : nil,
            hasWayOut: hasWayOut(facts))
    }

    /// Mail carries `List-Unsubscribe`, and anybody can block a bot; other texts have to say it themselves.
    private func hasWayOut(_ facts: ChannelFacts) -> Bool {
        switch (facts.traits.audience, facts.traits.form) {
        case (.public, _), (_, .email), (_, .telegram): true
        case (_, let form): OptOutWords.appear(in: draft.edition, form, firstMembers[facts.name]?.contact)
        }
    }
}

/// Recognises that a text tells its reader how to hear no more.
enum OptOutWords {
    private static let words = [
        "stop", "unsubscribe", "opt out", "opt-out", "disiscri", "cancella", "abmeld", "désinscri", "desinscri",
        "cancelar", "baja",
    ]

    /// Whether the text that `contact` would get holds one of the usual words.
    static func appear(in edition: Edition, _ form: ContentForm, _ contact: Contact?) -> Bool {
        let content = try? edition.template.render(form, for: contact, announcement: edition.facts)
        let text = content.map { String(decoding: $0.text, as: UTF8.self).lowercased() } ?? ""
        return words.contains { text.contains($0) }
    }
}
