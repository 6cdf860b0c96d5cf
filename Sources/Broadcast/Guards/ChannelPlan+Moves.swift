internal import Foundation

extension ChannelPlan {
    /// What becomes of those who expire on it under reach `first`, or leave it because it rests for the day.
    public struct Moves: Sendable, Hashable {
        /// How many go on to another channel.
        public internal(set) var count = 0
        /// What they cost there at most, one amount for each currency.
        public internal(set) var costs: [Money] = []
        /// How many of them expire there too.
        public internal(set) var late = 0
        /// How many are told nothing, as going on would cost more than the bound.
        public internal(set) var lost = 0
        /// How many stay where they are for that, and may have their turn there.
        public internal(set) var stayed = 0

        /// Nobody goes on.
        public init() {}

        mutating func add(_ cost: Money) { costs = Money.sums(costs + [cost]) }
    }

    /// Those of one departure who leave the channel for another one, if they can.
    struct Leavers {
        let time: Duration
        let count: Int
        /// How many have their turn after all if they cannot.
        var staying = 0
        /// When those expire who cannot, and have none; nil when they do already.
        var deadline: Duration?
    }

    /// Who leaves it of each of its `departures`.
    func leavers(of departures: [Departure], _ announcement: Announcement) -> [Leavers] {
        if let end = wait?.movesOnAt {
            let end = announcement.due.wait(until: end)
            return departures.map {
                Leavers(
                    time: max($0.wait, end), count: $0.count, staying: $0.count, deadline: $0.wait + within)
            }
        }
        guard let firstDay = firstDay(announcement), wait == nil else {
            return departures.map { Leavers(time: $0.wait + within, count: $0.late) }
        }
        return zip(departures, firstDay.counts).map { departure, count in
            let deadline = departure.wait + within
            return Leavers(
                time: min(max(departure.wait, firstDay.patience), deadline), count: departure.count - count,
                staying: max(0, departure.count - departure.late - count), deadline: deadline)
        }
    }

    /// How many of each departure leave before the provider takes no more for the day, and until when the others wait there;
    /// nil when it never comes to that, or they wait until it takes more.
    private func firstDay(_ announcement: Announcement) -> (counts: [Int], patience: Duration)? {
        guard let day else { return nil }
        var line = DepartureLine(perSecond: perSecond, firstOf: day.quota)
        let counts = leave(&line).map { $0.streams.reduce(0) { $0 + $1.count } }
        guard line.isUsedUp else { return nil }
        let openings = day.quota.openings(at: .zero)
        let restEnd = openings.first { $0.start > .zero }?.start ?? line.end + DayQuota.day
        let patience = Outage.end(
            ofPatienceOn: facts, announcement.priority, from: announcement.due.adding(line.end),
            expiry: announcement.expiry)
        let end = announcement.due.wait(until: patience)
        return end < restEnd ? (counts, end) : nil
    }
}
