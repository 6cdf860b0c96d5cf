import Broadcast
import Storage

/// What the journal knows of an announcement when a dispatcher makes it ready: where its guard rails go on.
struct EditionRecord {
    /// Deliveries that were not skipped.
    var planned = 0
    /// How many of them have led to a suppression.
    var suppressed = 0
    var brake = BulkBrake()
    var openings: [ChannelName: MessageHalt] = [:]
}

extension EditionRecord {
    /// Reads it; whole tables are looked at only when something was refused.
    init(of announcement: Announcement, in store: Store) async throws(StoreError) {
        let id = announcement.id
        let channels = try await store.progress(id).channels
        planned = channels.values.reduce(0) { $0 + $1.planned - $1.count(.skipped) }
        let refused = channels.values.reduce(0) { $0 + $1.count(.refused) }
        if refused > 0 {
            suppressed = try await store.refusals(id, for: [.addressUnknown, .blockedByRecipient])
        }
        let ended = channels.values.reduce(0) { $0 + $1.ended }
        let before = BulkBrake(ended: ended, refused: refused)
        // One that had halted goes on because somebody has looked: with a few again.
        brake = before.isHalted ? BulkBrake() : before
        for (name, counts) in channels where counts.ended > 0 {
            let isOpen = counts.ended == counts.count(.refused) && counts.ended < MessageHalt.sample
            let endings = isOpen ? try await store.firstEndings(id, name) : [nil]
            openings[name] = MessageHalt(after: endings)
        }
    }
}

extension ChannelCounts {
    /// How many deliveries were tried and are final.
    fileprivate var ended: Int {
        planned - count(.skipped) - count(.queued) - count(.sending)
    }
}
