public import Broadcast
public import Foundation

/// The last moment of planning an announcement that closes another.
public enum Closing: Sendable {
    /// Both are written down: nothing more of the other leaves, and so many of its deliveries are skipped.
    case closed(AnnouncementState, cancelled: Int)
    /// Nothing is: these were told meanwhile, and have to be planned for first.
    case grown(NewlyTold)
}

/// What those come to who were told in the last moment.
public struct LastTold: Sendable {
    /// Their deliveries.
    public var deliveries: [Delivery]
    /// What all deliveries cost now, in the currency of the announcement's bound; nil when they are free.
    public var cost: Money?

    /// Deliveries that raise the cost to `cost`.
    public init(_ deliveries: [Delivery], cost: Money?) {
        self.deliveries = deliveries
        self.cost = cost
    }
}

extension Store {
    /// Whether `closer` may close the announcement `id`, which has been confirmed and which no other has closed.
    ///
    /// - Throws: ``StoreError/Code/wrongState`` when it may not, ``StoreError/Code/notFound`` when there is none.
    public func requireClosable(_ id: Announcement.ID, by closer: Announcement.ID) throws(StoreError) {
        let report = try progress(id)
        if report.state == .planning {
            throw StoreError(
                .wrongState, path: path,
                "the announcement \(id) has not been confirmed: nobody was told of it")
        }
        guard let known = report.closedBy, known != closer else { return }
        throw StoreError(
            .wrongState, path: path,
            "the announcement \(id) was closed by \(known) already; tocsin report \(known) shows who heard so"
        )
    }

    /// How many people were told, or may have been, that the announcement `id` is over, by others that were then cancelled.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func toldEnd(of id: Announcement.ID) throws(StoreError) -> Int {
        let count = try connection.first(
            """
            SELECT count(DISTINCT d.contact)
            FROM announcements a CROSS JOIN deliveries d ON d.announcement = a.seq
              LEFT JOIN deliveries l ON l.id = d.leader
            WHERE a.closes = :notice AND a.state = 'cancelled' AND \(Told.perhaps("d", leader: "l"))
            """, ["notice": .integer(try seq(id))]
        ) { (row: borrowing Row) throws(StoreError) in row.integer(0) }
        return Int(count ?? 0)
    }

    /// Takes out the row that says that a person's channels are gone: they were told on another meanwhile.
    func dropPlaceholder(of contact: Int64, in run: inout PlanningRun) throws(StoreError) {
        let channels = try connection.rows(
            """
            DELETE FROM deliveries WHERE announcement = :announcement AND contact = :contact AND reason = :gone
            RETURNING channel
            """,
            [
                "announcement": .integer(run.seq), "contact": .integer(contact),
                "gone": .text(SkipReason.channelGone.rawValue),
            ]
        ) { (row: borrowing Row) throws(StoreError) in ChannelName(valid: row.text(0)) }
        for channel in channels { run.uncountPlaceholder(on: channel) }
    }

    /// Ends planning and, in the same moment, the announcement that is closed: neither ever stands without the other.
    ///
    /// Whoever has been told since the last page is handed to `plan`, inside the transaction: it gives what is added, or
    /// nil when they are too many, or cannot be, so that the caller has to look at them first.
    /// - Throws: a ``StoreError``; then nothing was ended. Of code ``StoreError/Code/wrongState`` when another
    ///   announcement closed it first.
    public func finishClosing(
        _ run: PlanningRun, _ notice: Announcement.ID, by closer: Announcement.ID, now: Date,
        adding plan: @Sendable (NewlyTold) -> LastTold?
    ) throws(StoreError) -> Closing {
        let end = try connection.write { () throws(StoreError) -> Closing in
            try requirePass(of: run)
            try requireClosable(notice, by: closer)
            var run = run
            let told = try newlyTold(in: run, limit: Self.mostInTheLastMoment)
            if !told.isEmpty || told.next != nil {
                guard told.next == nil, let last = plan(told) else { return .grown(told) }
                run = run.meeting(told)
                try write(last.deliveries[...], in: &run)
                run = run.costing(last.cost)
            }
            try connection.execute(
                """
                UPDATE announcements SET state = 'cancelled', pause_reason = ''
                WHERE seq = :notice AND \(Schema.openStates)
                """, ["notice": .integer(orNull: run.closes)])
            return .closed(try self.end(run, as: .running, now: now), cancelled: 0)
        }
        guard case .closed(let state, _) = end, let notice = run.closes else { return end }
        return .closed(state, cancelled: try cancelRest(of: notice, now: now))
    }

    /// The writing of others is held up for so many people at most.
    private static let mostInTheLastMoment = 2000

    /// What does not end here, because the process does, is ended by the dispatcher.
    private func cancelRest(of notice: Int64, now: Date) throws(StoreError) -> Int {
        guard try state(notice) == .cancelled else { return 0 }
        return try endQueued(ofCancelled: notice, now: now)
    }
}
