internal import Broadcast
internal import Foundation

extension Store {
    /// Writes the deliveries of a pass, within a transaction; whoever was removed since is left out.
    func write(_ batch: ArraySlice<Delivery>, in run: inout PlanningRun) throws(StoreError) {
        var counted = run
        var place = RowPlace(next: try nextDeliveryID(counted))
        try connection.using(DeliveryInsert.sql) { insert throws(StoreError) in
            for delivery in batch {
                try meet(delivery.contact, at: &place, in: &counted)
                try write(delivery, by: insert, at: &place, in: &counted)
            }
        }
        run = counted
    }

    /// Where a batch stands that is being written.
    private struct RowPlace {
        /// The number of the next delivery.
        var next: Int64
        /// Whose deliveries are written, and their number; nil when they were removed.
        var contact: (id: Contact.ID?, seq: Int64?) = (nil, nil)
    }

    /// Looks whoever the next delivery is for up, if it is somebody else than before.
    private func meet(
        _ id: Contact.ID?, at place: inout RowPlace, in run: inout PlanningRun
    ) throws(StoreError) {
        guard !run.isDry, let id, id != place.contact.id else { return }
        place.contact = (id, try contactSeq(id))
        guard let seq = place.contact.seq, run.knows(id) else { return }
        try dropPlaceholder(of: seq, in: &run)
    }

    private func write(
        _ delivery: Delivery, by insert: Statement, at place: inout RowPlace, in run: inout PlanningRun
    ) throws(StoreError) {
        // Removed since the audience was read: nobody is left to be told.
        if !run.isDry, delivery.contact != nil, place.contact.seq == nil { return }
        let leader = try leader(of: delivery, id: place.next, in: run)
        let plan = leader == nil ? delivery.plan : .skipped(.duplicateAddress)
        let expires = delivery.due.milliseconds + (try within(delivery.channel, in: run))
        let row = DeliveryInsert(
            id: place.next, announcement: run.seq, contact: delivery.contact == nil ? nil : place.contact.seq,
            delivery: delivery, plan: plan, expires: expires, leader: leader)
        let isNew = run.isDry ? true : try insert.run(row.parameters) == 1
        guard isNew else { return }
        run.count(delivery, as: plan, expires: expires)
        place.next += 1
    }

    private func within(_ channel: ChannelName, in run: PlanningRun) throws(StoreError) -> Int64 {
        guard let within = run.within[channel] else {
            throw StoreError(
                .wrongState, path: path,
                "the announcement \(run.announcement) was not accepted over \(channel)")
        }
        return within
    }

    private func nextDeliveryID(_ run: PlanningRun) throws(StoreError) -> Int64 {
        if run.isDry { return 1 }
        let last = try connection.first("SELECT max(id) FROM deliveries") {
            (row: borrowing Row) throws(StoreError) in row.integer(0)
        }
        return (last ?? 0) + 1
    }

    /// The number of the contact `id`; nil when it has been removed.
    func contactSeq(_ id: Contact.ID) throws(StoreError) -> Int64? {
        try connection.first("SELECT seq FROM contacts WHERE id = :id", ["id": .text(id.rawValue)]) {
            (row: borrowing Row) throws(StoreError) in row.integer(0)
        }
    }

    /// The delivery that already carries the one copy for this address; nil makes `id` that delivery.
    private func leader(
        of delivery: Delivery, id: Int64, in run: PlanningRun
    ) throws(StoreError) -> Int64? {
        guard run.once == .address, delivery.plan == .queued, let address = delivery.address else {
            return nil
        }
        let isFirst = try connection.execute(
            """
            INSERT INTO temp.planned_addresses(run, channel, address, leader)
            VALUES (:run, :channel, :address, :id) ON CONFLICT DO NOTHING
            """,
            [
                "run": .integer(run.number), "channel": .text(delivery.channel.rawValue),
                "address": .text(address.folded), "id": .integer(id),
            ])
        if isFirst == 1 { return nil }
        return try connection.first(
            """
            SELECT leader FROM temp.planned_addresses
            WHERE run = :run AND address = :address AND channel = :channel
            """,
            [
                "run": .integer(run.number), "address": .text(address.folded),
                "channel": .text(delivery.channel.rawValue),
            ]
        ) { (row: borrowing Row) throws(StoreError) in row.integer(0) }
    }
}
