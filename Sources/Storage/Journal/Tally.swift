internal import Broadcast

/// Changes of the counts of an announcement's channels, gathered in a transaction and written once at its end.
struct Tally: Sendable {
    /// One count.
    struct Place: Hashable, Sendable {
        var announcement: Int64
        var channel: String
        var state: DeliveryState
        var reason: String = ""
    }

    private(set) var changes: [Place: Int] = [:]

    mutating func add(_ count: Int, _ place: Place) { changes[place, default: 0] += count }

    mutating func move(_ count: Int, from old: Place, to new: Place) {
        add(-count, old)
        add(count, new)
    }

    /// The announcements whose counts change.
    var announcements: Set<Int64> { Set(changes.keys.map(\.announcement)) }

    func write(to connection: Connection) throws(StoreError) {
        for (place, change) in changes where change != 0 {
            try connection.execute(
                """
                INSERT INTO tallies(announcement, channel, state, reason, count)
                VALUES (:announcement, :channel, :state, :reason, :change)
                ON CONFLICT(announcement, channel, state, reason) DO UPDATE SET count = count + :change
                """,
                [
                    "announcement": .integer(place.announcement), "channel": .text(place.channel),
                    "state": .text(place.state.rawValue), "reason": .text(place.reason),
                    "change": .integer(Int64(change)),
                ])
        }
    }
}
