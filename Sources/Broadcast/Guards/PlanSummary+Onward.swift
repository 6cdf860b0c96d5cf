internal import Foundation

extension PlanSummary {
    /// How far a bound on what it costs goes.
    struct Reserve: Sendable, Hashable {
        /// The bound.
        let limit: Money
        /// How many are told nothing because of it.
        let lost: Int
        /// How many stay on a channel that stands still because of it.
        let stayed: Int
        /// The channels that are too dear for them.
        let channels: [ChannelName]
        /// A bound that leaves nobody behind; nil when none in one currency does.
        let enough: Money?
    }

    /// Takes in where people under reach `first` go on to, as far as the bound of `announcement` lets them.
    ///
    /// Who is left behind for its sake is not told in time, as everybody who expires; they had a channel, and can be
    /// reached.
    public mutating func lead(_ onward: Onward, of announcement: Announcement) {
        guard reach == .first else { return }
        let plans = channels
        let bound = announcement.maxCost.map { limit in
            CostBound(limit, spent: costs.first { $0.currency == limit.currency }?.amount ?? 0)
        }
        let course = OnwardCourse(onward, over: plans, of: announcement, within: bound)
        for index in channels.indices {
            let name = channels[index].facts.name
            let moves = course.moves[name] ?? ChannelPlan.Moves()
            if channels[index].wait?.movesOnAt != nil {
                channels[index].wait?.costs = moves.costs
            } else {
                channels[index].moves = moves
            }
            if let count = course.overLimit[name], count > 0 { channels[index].skipped[.overLimit] = count }
        }
        guard let limit = announcement.maxCost, course.lost + course.stayed > 0 else { return }
        let currencies = [limit.currency] + onward.currencies.subtracting([limit.currency]).sorted()
        let enough = currencies.compactMap { currency in
            self.enough(in: currency) { bound in
                OnwardCourse(onward, over: plans, of: announcement, within: bound)
            }
        }.first
        reserve = Reserve(
            limit: limit, lost: course.lost, stayed: course.stayed,
            channels: channels.map(\.facts.name).filter(course.refused.contains), enough: enough)
    }

    /// A bound in `currency` that leaves nobody behind; nil when none does.
    ///
    /// Where people share an address, less may do: one copy stands for all of them, and costs once.
    private func enough(in currency: String, course: (CostBound) -> OnwardCourse) -> Money? {
        guard costs.allSatisfy({ $0.currency == currency || $0.amount == 0 }) else { return nil }
        let course = course(CostBound(Money(Decimal(Int.max), currency)))
        guard course.lost + course.stayed == 0 else { return nil }
        let amounts = (costs + course.costs).filter { $0.currency == currency }.map(\.amount)
        return Money(amounts.reduce(0, +), currency)
    }

    /// How many are told nothing as going on would cost more than the bound.
    public var overLimit: Int { reserve?.lost ?? 0 }

    /// That the bound leaves people behind, how many, and which would not; nil when it leaves nobody.
    public var boundWarning: PlanWarning? {
        guard let reserve else { return nil }
        let names = reserve.channels.map(\.rawValue).joined(separator: ", ")
        let behind = [
            reserve.lost > 0 ? "up to about \(CountText.people(reserve.lost)) will be told nothing" : nil,
            reserve.stayed > 0
                ? "about \(CountText.grouped(reserve.stayed)) will wait where nothing leaves now" : nil,
        ].compactMap(\.self).joined(separator: ", and ")
        let dear = names.isEmpty ? "going on" : "going on to \(names)"
        let mend =
            reserve.enough.map { "--max-cost of about \($0.figures)\($0.currency) covers them all" }
            ?? "no bound in one currency covers them all"
        return PlanWarning(
            SkipReason.overLimit.rawValue,
            "\(behind), as --max-cost \(reserve.limit) does not cover \(dear); \(mend)")
    }
}
