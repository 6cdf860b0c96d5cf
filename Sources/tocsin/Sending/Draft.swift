import Broadcast
import Channels
import Configuration
import Dispatching
import Foundation
import Storage
import Templating

/// An announcement as a command line asks for it: compiled, but neither planned nor written down.
struct Draft: Sendable {
    private(set) var edition: Edition
    /// By which the journal knows it again.
    let digest: ContentDigest
    var channels: [ConfiguredChannel]
    let selection: AudienceSelection
    /// What status pages say of the channels' companies.
    let outside: [OutsideWord]
    /// The channels that stand still though nobody says that they are down.
    let waits: [ChannelName: ChannelPlan.Wait]
    /// What the channels' providers take in a day, have taken, and what waits for them already.
    let days: [ChannelName: (quota: DayQuota, ahead: Int)]
    /// Whom the audience names and nobody is.
    let strangers: Strangers
    /// The tags and attributes that it asks for and nobody has.
    let unmatched: [UnmatchedTerm]
    /// What was told of the template before there was a plan.
    let told: [TemplateProblem]
    /// Where the audience stands, and the journal.
    let store: Store

    /// Every channel's facts, in the configured order.
    var facts: [ChannelFacts] { channels.map(\.facts) }

    /// By which somebody who has seen a preview knows it again.
    var previewed: PreviewDigest { PreviewDigest(of: edition.announcement, over: facts.filter(isChosen)) }

    /// Whether the announcement goes over `facts`.
    func isChosen(_ facts: ChannelFacts) -> Bool {
        edition.announcement.channels?.contains(facts.name) ?? true
    }

    /// What `rails` say of secrets that are missing on its channels; nil when nothing.
    func secretRefusal(_ rails: SendRails, _ session: Session) async throws(CommandFailure) -> Refusal? {
        let (store, now) = (store, session.clock.now().wall)
        let marks = try await session.translating { () async throws(StoreError) in
            try await store.marks(at: now)
        }
        return rails.refusal(
            over: facts.filter(isChosen), Markings(said: marks, at: now),
            isForAll: edition.announcement.isForAll)
    }

    /// That the store is a copy from which nothing may leave yet; empty when it is none.
    func copyRefusals(_ session: Session) -> [Refusal] {
        store.copy.map {
            [
                Refusal(
                    .unadopted, "the store is \($0.title(in: session.zone)): tocsin adopt lets it send")
            ]
        } ?? []
    }

    /// The message that `contact` would get over `channel`, at its whole length where that is too much; nil when it cannot
    /// be rendered.
    func message(over channel: any Channel, for contact: Contact?) -> FittedContent? {
        if let message = try? edition.message(over: channel, for: contact) { return message }
        let traits = channel.traits
        let whole = try? edition.template.render(traits.form, for: contact, announcement: edition.facts)
        return try? whole?.fitted(to: ContentLimits(transliterates: traits.limits.transliterates))
    }

    /// The same under another id.
    ///
    /// - Throws: `badContent`, as the first time.
    func renamed(_ id: Announcement.ID) throws(CommandFailure) -> Draft {
        var draft = self
        do throws(TemplateProblems) {
            draft.edition = try Edition(edition.announcement.renamed(id))
        } catch {
            throw CommandFailure(error)
        }
        return draft
    }

    /// Makes the draft of `order`.
    ///
    /// - Throws: `badContent` for templates and variables, `usage` for the audience, `notFound` for what does not exist.
    init(
        _ order: SendOrder, _ configured: Configured, _ session: Session, _ store: Store
    ) async throws(CommandFailure) {
        self.store = store
        let now = session.clock.now().wall
        let content: FrozenContent
        let front: FrontMatter
        do throws(TemplateProblems) {
            content = try session.templates(configured).load(
                order.template, variables: order.variables, sender: configured.sender)
            front = try CompiledTemplate(content).frontMatter
        } catch {
            throw CommandFailure(error)
        }
        channels = configured.inOrder
        let chosen = order.channels ?? front.channels
        try Self.check(order, front, channels)
        let audience = try Session.audience(order.audience, KnownChannels(channels.map(\.facts)))
        digest = ContentDigest(
            of: content, audience: order.closes.map { "closes:\($0)" } ?? audience.description,
            channels: chosen ?? channels.map(\.facts.name))
        let announcement = Announcement(
            id: order.id ?? Self.id(order.template, now), content: content, audience: audience.description,
            channels: chosen, purpose: front.purpose, priority: order.priority ?? front.priority,
            reach: order.reach ?? front.reach ?? .every, once: front.once ?? .address,
            waitsForMarked: order.waitsForMarked, createdAt: now,
            expiresAfter: order.expires ?? front.expires,
            replyTo: front.replyTo, maxCost: order.maxCost, closes: order.closes, acceptedBy: session.user)
        do throws(TemplateProblems) {
            edition = try Edition(announcement)
        } catch {
            throw CommandFailure(error)
        }
        told =
            try await edition.template.warnings
            + session.findings(ofAttributesIn: edition.template, nobodyHasIn: store)
        for warning in told { session.output.say(Plain.text("warning: \(warning)", limit: 500)) }
        (selection, strangers, unmatched) = try await session.resolved(audience, in: store)
        outside =
            order.isRehearsal
            ? await session.knownOutsideWords(configured, store)
            : await session.outsideWords(of: announcement, configured, store)
        waits = try await Self.waits(announcement, over: channels.map(\.facts), session, store)
        days = try await session.days(channels.map(\.facts), in: store)
    }

    private static func waits(
        _ announcement: Announcement, over channels: [ChannelFacts], _ session: Session, _ store: Store
    ) async throws(CommandFailure) -> [ChannelName: ChannelPlan.Wait] {
        let clock = session.clock
        return try await session.translating { () async throws(StoreError) in
            // Whoever begins to send tries at once what was tripped for an earlier one.
            let isServed = try await store.leaseOwner(at: clock.bootTime) != nil
            let now = clock.now()
            let notes = try await store.healthNotes(at: now, boot: clock.boot)
            var waits: [ChannelName: ChannelPlan.Wait] = [:]
            for facts in channels where facts.missing == nil {
                guard let note = notes.first(where: { $0.channel == facts.name.rawValue }),
                    note.standstill(of: facts) != Standstill(),
                    !note.isOnlyUsedUp || announcement.reach == .first
                else { continue }
                waits[facts.name] = ChannelPlan.Wait(
                    note.standstill(of: facts, knownSince: isServed ? nil : now.wall),
                    until: isServed ? note.until : nil, of: facts, for: announcement)
            }
            return waits
        }
    }

    private static func id(_ template: String, _ now: Date) -> Announcement.ID {
        let style = Date.VerbatimFormatStyle(
            format:
                "\(year: .padded(4))\(month: .twoDigits)\(day: .twoDigits)-\(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased))\(minute: .twoDigits)\(second: .twoDigits)",
            timeZone: .gmt, calendar: Calendar(identifier: .gregorian))
        return Announcement.ID(valid: "\(template.prefix(40))-\(now.formatted(style))")
    }

    /// A name of the command line is a slip of whoever sends, one of the front matter one of the template's author.
    private static func check(
        _ order: SendOrder, _ front: FrontMatter, _ channels: [ConfiguredChannel]
    ) throws(CommandFailure) {
        let known = channels.map(\.facts.name.rawValue)
        guard let chosen = order.channels else {
            let problems = front.unknownChannels(among: known).map {
                "\(order.template)/message.md:\($0.line): \($0.problem)"
            }
            guard problems.isEmpty else {
                throw CommandFailure(.badContent, lines: problems + ["nothing was sent"])
            }
            return
        }
        for name in chosen where !known.contains(name.rawValue) {
            let hint = NearestName.of(name.rawValue, in: known).map { "; did you mean \($0)?" } ?? ""
            throw CommandFailure(
                .usage, "there is no channel \(name); there are \(known.joined(separator: ", "))\(hint)")
        }
    }
}

extension FrontMatter {
    /// The channels that are not configured: the line, what is wrong, and the nearest that is.
    func unknownChannels(among known: [String]) -> [(line: Int, problem: String)] {
        (channels ?? []).filter { !known.contains($0.rawValue) }.map { name in
            let hint = NearestName.of(name.rawValue, in: known).map { "; did you mean \($0)?" }
            return (
                channelLines[name] ?? 1,
                "there is no channel \(name)" + (hint ?? "; there are \(known.joined(separator: ", "))")
            )
        }
    }
}

extension Configured {
    /// The channels as reach `first` tries them and as they are shown: the configured order, then by name.
    var inOrder: [ConfiguredChannel] {
        let rank = Dictionary(order.enumerated().map { ($1, $0) }, uniquingKeysWith: min)
        return channels.sorted {
            (rank[$0.facts.name] ?? .max, $0.facts.name) < (rank[$1.facts.name] ?? .max, $1.facts.name)
        }
    }
}

extension CommandFailure {
    /// What problems of a template mean for the command.
    init(_ problems: TemplateProblems) {
        let isMissing = problems.all.contains { $0.code == .templateUnknown }
        self.init(
            isMissing ? .notFound : .badContent,
            lines: problems.all.map { Plain.text($0.description, limit: 500) })
    }
}
