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
    /// The channels that whoever accepted it knows better than this process.
    var beyond: Set<ChannelName> = []
}

extension EditionRecord {
    /// Reads it for a process with the channels `known`; whole tables are looked at only when something was refused.
    init(
        of announcement: Announcement, in store: Store, over known: [ChannelFacts]
    ) async throws(StoreError) {
        let id = announcement.id
        beyond = known.beyond(
            among: try await store.settingsSince(of: id), chosen: announcement.channels)
        let channels = try await store.progress(id).channels
        planned = channels.values.reduce(0) { $0 + $1.planned - $1.count(.skipped) }
        let refused = channels.values.reduce(0) { $0 + $1.count(.refused) }
        if refused > 0 {
            suppressed = try await store.refusals(id, for: [.addressUnknown, .blockedByRecipient])
        }
        let ended = channels.values.reduce(0) { $0 + $1.ended }
        // Nobody but a person lets it go on after a halt: then with a few again.
        let looks = try await store.looks(id)
        brake = BulkBrake(
            ended: max(0, ended - looks.values.reduce(0) { $0 + $1.ended }),
            refused: max(0, refused - looks.values.reduce(0) { $0 + $1.refused }))
        for (name, counts) in channels where counts.ended > 0 {
            let isSeen = looks[name, default: Look()].ended >= MessageHalt.sample
            let isOpen = counts.ended == counts.count(.refused) && !isSeen
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
