import Broadcast
import Foundation

/// What a plan says of deliveries whose turn comes late, or too late.
extension PlanText {
    /// What is more than a provider takes in a day, or a channel does in time, what becomes of it, and what would mend it.
    var late: String {
        plan.channels.filter { $0.queued > 0 }.compactMap { channel -> String? in
            guard let cause = channel.lateCause else { return nil }
            return Paragraph.hanging(
                "\(channel.facts.name): ",
                "\(CountText.grouped(channel.queued)) would be sent, \(cause): \(end(of: channel))")
        }.joined(separator: "\n")
    }

    private func end(of channel: ChannelPlan) -> String {
        let expiring = channel.expiring
        guard expiring > 0 else {
            let way = plan.reach == .first ? "; who has another channel goes on to that" : ""
            return "the last leave in \(DurationWords.text(channel.pace.last))\(way)"
        }
        let end =
            expiring == channel.queued
            ? "all expire before their turn"
            : "\(CountText.grouped(expiring)) expire before their turn, "
                + "\(DurationWords.text(channel.within)) after they are due"
        let moving = channel.movingOn
        let next =
            moving == 0
            ? ""
            : "; "
                + (moving == expiring ? "they" : "about \(CountText.grouped(moving)) of them")
                + " go on to another channel"
                + channel.movingOnCosts.filter { $0.amount > 0 }.map { " for up to \($0)" }.joined(
                    separator: " +")
        return "\(end)\(next). \(channel.remedies) would mend that"
    }
}

extension ChannelPlan {
    /// Whether it is more than its provider takes in a day.
    private var exceedsDay: Bool { day.map { queued + $0.ahead > $0.quota.limit - $0.used } ?? false }

    /// Why some have their turn late; nil when none has.
    fileprivate var lateCause: String? {
        if let day, exceedsDay {
            let used = [
                day.used == 0 ? nil : "\(CountText.grouped(day.used)) taken in the last 24 hours",
                day.ahead == 0 ? nil : "\(CountText.grouped(day.ahead)) of others waiting before them",
            ].compactMap(\.self)
            return "its provider takes \(CountText.grouped(day.quota.limit)) a day"
                + (used.isEmpty ? "" : " (\(used.joined(separator: ", ")))")
        }
        return expiring > 0 ? "\(isPacedByRate ? "" : "about ")\(speed)" : nil
    }

    /// Whether its rate says how fast it is; else that is only reckoned.
    private var isPacedByRate: Bool { facts.rate?.perSecond == perSecond }

    /// Such as `5 a second`, or `6 a minute`.
    private var speed: String {
        for (factor, unit) in [(1.0, "second"), (60, "minute")] where perSecond * factor >= 0.999 {
            return "\(Self.figures(perSecond * factor)) a \(unit)"
        }
        return "\(Self.figures(perSecond * 3_600)) an hour"
    }

    private static func figures(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        let whole = CountText.grouped(tenths / 10)
        return tenths % 10 == 0 || tenths >= 1_000 ? whole : "\(whole).\(tenths % 10)"
    }

    /// What lets more of them leave in time.
    fileprivate var remedies: String {
        let time =
            within < facts.retry.within ? "A longer --expires" : "A longer retry.within of \(facts.name)"
        let speed = isPacedByRate ? "a higher rate" : isSlowedByFiles ? "smaller files" : "more connections"
        return ([time] + (exceedsDay ? [] : [speed]) + ["fewer people"]).joined(separator: ", ")
            + " or another channel"
    }
}
