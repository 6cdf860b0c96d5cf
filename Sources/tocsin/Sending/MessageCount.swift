import Broadcast
import Channels
import Configuration
import Dispatching
import Templating

/// What the messages of an announcement come to on each channel: how many in which language, how long they are, and why
/// some cannot be made.
struct MessageCount {
    private let draft: Draft
    private var unmade: [ChannelName: [ChannelPlan.Unmade: Int]] = [:]
    private var lengths: [ChannelName: LengthPlan] = [:]
    private var leftFiles: [ChannelName: [String: Int]] = [:]
    private var fileBytes: [ChannelName: Int] = [:]
    private var locales: [ChannelName: [String: LocalePlan]] = [:]
    private var takenOver: [ChannelName: ChannelPlan.TakenOver] = [:]
    private var waysOut: [ChannelName: [String: Bool]] = [:]
    private var cutWaysOut: [ChannelName: Int] = [:]

    /// None yet.
    init(of draft: Draft) { self.draft = draft }

    /// Counts one for `contact`, nil for a public place, whose text is in `locale`.
    mutating func add(
        _ making: Making, over channel: ConfiguredChannel, for contact: Contact?, in locale: String
    ) {
        let name = channel.facts.name
        switch making {
        case .made(let message):
            lengths[name, default: LengthPlan()].add(message, draft.measure(of: message, channel, contact))
            countFiles(of: message.content, over: name)
            locales[name, default: [:]][locale, default: LocalePlan()]
                .add(segments: message.sms?.length.segments)
            if let contact { noteWayOut(of: message, over: channel, for: contact, in: locale) }
        case .unfit: locales[name, default: [:]][locale, default: LocalePlan()].add()
        case .unmade(let reason, let problem):
            unmade[name, default: [:]][reason, default: 0] += 1
            guard let excess = problem.excess else { return }
            lengths[name, default: LengthPlan()].add(
                tooLong: problem.what + draft.place(of: channel.facts.traits.form, in: locale),
                by: excess.length - excess.limit)
        }
    }

    private mutating func countFiles(of content: RenderedContent, over channel: ChannelName) {
        guard !content.enclosures.isEmpty else { return }
        var (left, carried): (Set<String>, Set<String>) = ([], [])
        for item in Carriage(of: content).items {
            let attachment = item.attachment
            switch item.way {
            case .left: left.insert(attachment.path)
            case .shown, .attached:
                carried.insert(attachment.path)
                fileBytes[channel, default: 0] += attachment.mailBytes
            case .photo:
                carried.insert(attachment.path)
                fileBytes[channel, default: 0] += attachment.file.size
            case .linked: carried.insert(attachment.path)
            }
        }
        for path in left.subtracting(carried) { leftFiles[channel, default: [:]][path, default: 0] += 1 }
    }

    /// Counts one that the journal does not hold yet, since it comes after one that cannot be made.
    mutating func addTakenOver(_ making: Making, over channel: ChannelName) {
        if case .unmade = making {
            takenOver[channel, default: .init()].addUnmade()
        } else {
            takenOver[channel, default: .init()].add(segments: making.segments)
        }
    }

    /// Looks once for each channel and language, and at whatever is cut.
    private mutating func noteWayOut(
        of message: FittedContent, over channel: ConfiguredChannel, for contact: Contact, in locale: String
    ) {
        let (name, edition) = (channel.facts.name, draft.edition)
        let known = waysOut[name]?[locale]
        // What is cut may have lost its end, where that is usually said.
        let mayBeLost = message.isCut && edition.announcement.purpose == .marketing
        guard known == nil || mayBeLost else { return }
        var hasWayOut = message.content.hasWayOut
        if mayBeLost, !hasWayOut {
            let whole = try? edition.template.render(
                message.content.form, for: contact, announcement: edition.facts)
            hasWayOut = whole?.hasWayOut ?? false
            if hasWayOut { cutWaysOut[name, default: 0] += 1 }
        }
        waysOut[name, default: [:]][locale] = known != false && hasWayOut
    }

    /// What is planned for the channel of `facts`, of which the journal has `counts`.
    func plan(_ facts: ChannelFacts, _ counts: ChannelCounts, _ mark: Mark?) -> ChannelPlan {
        let (unmade, locales) = (unmade[facts.name] ?? [:], locales[facts.name] ?? [:])
        let segments = locales.values.compactMap(\.segments).reduce(0, +)
        let takenOver = takenOver[facts.name]
        let planned = counts.count(.queued) + (takenOver.map { $0.count + $0.unmade } ?? 0)
        var plan = ChannelPlan(
            facts, mark: mark, queued: planned - unmade.values.reduce(0, +),
            skipped: counts.skipped, unmade: unmade,
            segments: facts.traits.form == .sms ? segments : nil,
            hasWayOut: waysOut[facts.name]?.values.allSatisfy(\.self) ?? true)
        plan.locales = locales
        plan.lengths = lengths[facts.name]
        plan.leftFiles = leftFiles[facts.name] ?? [:]
        plan.fileBytes = fileBytes[facts.name] ?? 0
        plan.takenOver = takenOver
        plan.cutWaysOut = cutWaysOut[facts.name] ?? 0
        return plan
    }
}

extension RenderedContent {
    /// Whether its reader learns how to unsubscribe.
    ///
    /// Mail carries `List-Unsubscribe`, and anybody can block a bot; other texts have to say it themselves.
    fileprivate var hasWayOut: Bool {
        switch form {
        case .email, .telegram: true
        case .sms, .webhook: OptOutWords.appear(in: plainText)
        }
    }
}
