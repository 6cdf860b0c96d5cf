import Broadcast
import Dispatching
import Foundation
import Storage
import Wire

/// The journal of a trial: in memory, over the people of the real store, and gone with it.
///
/// What is due later is due at once: a trial waits for nobody's morning.
struct TrialJournal: Sendable {
    /// What the dispatcher serves.
    let store: Store
    let announcement: Announcement
    private var run: PlanningRun

    /// Accepts `announcement` over channels with these facts.
    ///
    /// What it closes stays open, and it expires no sooner than its channels say.
    init(
        _ announcement: Announcement, over facts: [ChannelFacts], beside store: Store
    ) async throws(StoreError) {
        var announcement = announcement
        (announcement.closes, announcement.expiresAfter) = (nil, nil)
        self.announcement = announcement
        let journal = try Store.rehearsal(over: store)
        _ = try await journal.accept(announcement, digest: "", over: facts, named: .chosen)
        run = try await journal.beginPlanning(announcement.id)
        self.store = journal
    }

    /// Writes down what is planned; deliveries of one contact stay together.
    mutating func plan(_ deliveries: [Delivery]) async throws(StoreError) {
        let present = deliveries.map { delivery in
            var delivery = delivery
            delivery.due = announcement.due
            return delivery
        }
        run = try await store.plan(present, in: run)
    }

    /// Sends all that is planned until `isDone` or `stop`.
    func send(
        over outlets: [Outlet], by transport: any Transport, _ session: Session,
        stop: StopSignal = StopSignal(),
        until isDone: @Sendable (DispatchStatus) async throws(StoreError) -> Bool
    ) async throws(StoreError) {
        let output = session.output
        _ = try await store.finishPlanning(run, as: .running, now: session.clock.now().wall)
        let dispatcher = Dispatcher(
            store: store, outlets: outlets, order: outlets.map(\.facts.name), transport: transport,
            clock: session.clock, owner: session.owner,
            listener: TrialListener { line in
                output.endProgress()
                output.say(Plain.text("a send would stop here: \(line)", limit: 500))
            })
        try await dispatcher.serve(stop: stop, until: isDone)
    }

    /// Hands every delivery with what became of it to `body`: public places first, then person by person.
    func each(_ body: (LedgerEntry) throws(CommandFailure) -> Void, _ session: Session)
        async throws(CommandFailure)
    {
        let (store, id) = (store, announcement.id)
        for entry in try await session.translating({ () async throws(StoreError) in
            try await store.ledgerPlaces(id)
        }) {
            try body(entry)
        }
        var place: LedgerPlace? = .start
        while let from = place {
            let page = try await session.translating { () async throws(StoreError) in
                try await store.ledgerPage(id, after: from)
            }
            for entry in page.entries { try body(entry) }
            place = page.next
        }
    }
}
