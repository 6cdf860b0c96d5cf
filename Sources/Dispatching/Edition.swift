public import Broadcast
public import Channels
public import Foundation
import Synchronization
public import Templating
public import Wire

/// An announcement made ready for sending: its templates compiled, and what all its deliveries share.
///
/// A preview makes its requests here as a send does, so that what was previewed is what is sent.
public final class Edition: Sendable {
    /// What is said.
    public let announcement: Announcement
    /// How it is said.
    public let template: CompiledTemplate
    /// What a text may say about the announcement.
    public let facts: AnnouncementFacts
    /// The channels over which this process sends nothing of it, and for which it leads nobody on: another knows better.
    let beyond: Set<ChannelName>
    private let rails: Mutex<Rails>

    /// What keeps one announcement from doing harm.
    private struct Rails {
        var suppressions: SuppressionRail
        /// Nil unless the announcement is `bulk`.
        var brake: BulkBrake?
        var inHand = 0
        /// Whether the first deliveries of a channel were all refused for what the announcement says.
        var openings: [ChannelName: MessageHalt]
        var halts: [ChannelName: Fault] = [:]
        var isWithdrawn = false
    }

    /// Compiles it, as it is before anything of it was sent.
    ///
    /// - Throws: every problem of its sources at once.
    public convenience init(_ announcement: Announcement) throws(TemplateProblems) {
        try self.init(announcement, after: EditionRecord())
    }

    /// Compiles it; `record` is what the journal knows of it.
    init(_ announcement: Announcement, after record: EditionRecord) throws(TemplateProblems) {
        self.announcement = announcement
        template = try CompiledTemplate(announcement.content)
        facts = AnnouncementFacts(id: announcement.id, date: announcement.createdAt)
        beyond = record.beyond
        rails = Mutex(
            Rails(
                suppressions: SuppressionRail(planned: record.planned, applied: record.suppressed),
                brake: announcement.priority == .bulk ? record.brake : nil, openings: record.openings))
    }

    /// The message that `contact`, or a public place, gets over `channel`, as long as that takes.
    ///
    /// - Throws: when it cannot be made, or is too long for the channel.
    public func message(
        over channel: any Channel, for contact: Contact?
    ) throws(RenderProblem) -> FittedContent {
        let content = channel.prepared(
            try template.render(channel.traits.form, for: contact, announcement: facts))
        let limits = channel.traits.limits
        let page = limits.overflow == .cutWithLink ? template.page(of: announcement.id) : nil
        return try content.fitted(to: limits, page: page) {
            bodyBytes(of: $0, over: channel, for: contact)
        }
    }

    /// How long the body of the request, or the mail, is that `content` becomes; 0 when there is none.
    public func bodyBytes(of content: RenderedContent, over channel: any Channel, for contact: Contact?)
        -> Int
    {
        let address = channel.traits.audience.addressKind.flatMap { contact?.addresses[$0] }
        let delivery = outbound(
            content, to: contact, at: address, key: String(repeating: "0", count: 32), announcement.createdAt)
        return (try? channel.request(for: delivery))?.size ?? 0
    }

    /// The request of one attempt; nothing but the webhook timestamp depends on `now`.
    ///
    /// - Throws: a fault of scope `recipient` or `message` when there is none.
    public func request(
        for delivery: ClaimedDelivery, over channel: any Channel, key: String, at now: Date
    ) throws(Fault) -> WireRequest {
        let content: RenderedContent
        do throws(RenderProblem) {
            content = try message(over: channel, for: delivery.contact).content
        } catch {
            let code: Fault.Code = error.code == .tooLong ? .messageTooLarge : .valueMissing
            throw Fault(.message, code, error.description)
        }
        return try channel.request(
            for: outbound(content, to: delivery.contact, at: delivery.address, key: key, now))
    }

    private func outbound(
        _ content: RenderedContent, to contact: Contact?, at address: Address?, key: String, _ now: Date
    ) -> OutboundDelivery {
        OutboundDelivery(
            key: key, announcement: announcement.id, purpose: announcement.purpose,
            template: announcement.content.template, announcedAt: announcement.createdAt, attemptAt: now,
            contact: contact, address: address, content: content, replyTo: announcement.replyTo)
    }

    // MARK: Rails

    /// Reserves up to `limit` deliveries over `channel`; fewer when the brake of a bulk announcement holds it back.
    func reserve(_ limit: Int, over channel: ChannelName) -> Int {
        if beyond.contains(channel) { return 0 }
        return rails.withLock { rails in
            if rails.halts[channel] != nil { return 0 }
            guard let brake = rails.brake else { return limit }
            let count = min(limit, brake.allowance(inFlight: rails.inHand) ?? limit)
            rails.inHand += count
            return count
        }
    }

    /// Gives back what was reserved and is not in hand any more.
    func release(_ count: Int) {
        rails.withLock { $0.inHand -= count }
    }

    /// Whether what was claimed may still go out over `channel`: not once a guard rail has halted it, or a person.
    func mayLeave(over channel: ChannelName) -> Bool {
        rails.withLock { !$0.isWithdrawn && $0.halts[channel] == nil && $0.brake?.isHalted != true }
    }

    /// It is paused, cancelled or over; when it goes on it is made ready anew.
    func withdraw() { rails.withLock { $0.isWithdrawn = true } }

    /// Takes in how one delivery over `channel` ended; the suppression that it orders may become a mere proposal.
    func passing(_ outcome: Outcome, over channel: ChannelName) -> Outcome {
        rails.withLock { rails in
            rails.brake?.record(outcome.result)
            if let fault = rails.openings[channel, default: MessageHalt()].record(outcome.result) {
                rails.halts[channel] = fault
            }
            return rails.suppressions.passing(outcome)
        }
    }

    /// Why it has to halt; it claims nothing more until it is made ready anew.
    var halt: String? {
        rails.withLock { rails in
            guard let brake = rails.brake, brake.isHalted else { return nil }
            return "\(brake.refused) of \(brake.ended) were refused: look at the list before going on"
        }
    }

    /// The channels on which its first deliveries were all refused for what it says, and the last fault.
    var channelHalts: [ChannelName: Fault] { rails.withLock { $0.halts } }

    /// Leaves it to the journal to hold `channel`, until a person lets it go on.
    func handOverHalt(of channel: ChannelName) {
        rails.withLock { $0.halts[channel] = nil }
    }
}
