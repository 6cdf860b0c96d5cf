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
    private let rails: Mutex<Rails>

    /// What keeps one announcement from doing harm, over all its channels.
    private struct Rails {
        var suppressions: SuppressionRail
        /// Nil unless the announcement is `bulk`.
        var brake: BulkBrake?
        var inHand = 0
    }

    /// Compiles it; `counts` are those of its channels as the journal has them, none before it is planned.
    ///
    /// - Throws: every problem of its sources at once.
    public init(_ announcement: Announcement, counts: [ChannelCounts] = []) throws(TemplateProblems) {
        self.announcement = announcement
        template = try CompiledTemplate(announcement.content)
        facts = AnnouncementFacts(id: announcement.id, date: announcement.createdAt)
        let planned = counts.reduce(0) { $0 + $1.planned - $1.count(.skipped) }
        rails = Mutex(
            Rails(
                suppressions: SuppressionRail(planned: planned),
                brake: announcement.priority == .bulk ? BulkBrake() : nil))
    }

    /// The request of one attempt; nothing but the webhook timestamp depends on `now`.
    ///
    /// - Throws: a fault of scope `recipient` or `message` when there is none.
    public func request(
        for delivery: ClaimedDelivery, over channel: any Channel, key: String, at now: Date
    ) throws(Fault) -> WireRequest {
        let content: RenderedContent
        do throws(RenderProblem) {
            content = try template.render(channel.traits.form, for: delivery.contact, announcement: facts)
        } catch {
            let code: Fault.Code = error.code == .tooLong ? .messageTooLarge : .valueMissing
            throw Fault(.message, code, error.description)
        }
        return try channel.request(
            for: OutboundDelivery(
                key: key, announcement: announcement.id, purpose: announcement.purpose,
                template: announcement.content.template, announcedAt: announcement.createdAt, attemptAt: now,
                contact: delivery.contact, address: delivery.address, content: content,
                replyTo: announcement.replyTo))
    }

    // MARK: Rails

    /// Reserves up to `limit` deliveries of a bulk announcement; nil when it needs no brake.
    func reserve(_ limit: Int) -> Int? {
        rails.withLock { rails in
            guard let brake = rails.brake else { return nil }
            let count = min(limit, brake.allowance(inFlight: rails.inHand) ?? limit)
            rails.inHand += count
            return count
        }
    }

    /// Gives back what was reserved and is not in hand any more.
    func release(_ count: Int) {
        rails.withLock { $0.inHand -= count }
    }

    /// Takes in how one delivery ended; the suppression that it orders may become a mere proposal.
    func passing(_ outcome: Outcome) -> Outcome {
        rails.withLock { rails in
            rails.brake?.record(outcome.result)
            return rails.suppressions.passing(outcome)
        }
    }

    /// Why it has to halt; told once, after which it may begin with a few again when somebody resumes it.
    func takeHalt() -> String? {
        rails.withLock { rails in
            guard let brake = rails.brake, brake.isHalted else { return nil }
            rails.brake = BulkBrake()
            return "\(brake.refused) of \(brake.ended) were refused: look at the list before going on"
        }
    }
}
