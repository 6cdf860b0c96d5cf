import Broadcast
import Foundation

/// What a plan says of deliveries whose turn comes late, or too late.
extension PlanText {
    /// What is more than a provider takes in a day, or a channel does in time, what becomes of it, and what would mend it.
    var late: String {
        plan.channels.filter { $0.queued > 0 }.compactMap { channel -> String? in
            let causes = channel.lateCauses
            guard !causes.isEmpty else { return nil }
            return Paragraph.hanging(
                "\(channel.facts.name): ",
                "\(CountText.grouped(channel.queued)) would be sent, \(causes.joined(separator: ", and ")): "
                    + end(of: channel))
        }.joined(separator: "\n")
    }

    private func end(of channel: ChannelPlan) -> String {
        let expiring = channel.expiring
        guard expiring > 0 else {
            return (["the last leave in \(DurationWords.text(channel.pace.last))"] + channel.moves(of: 0))
                .joined(separator: "; ")
        }
        let end =
            expiring == channel.queued
            ? "all expire before their turn"
            : "\(CountText.grouped(expiring)) expire before their turn, "
                + "\(DurationWords.text(channel.within)) after they are due"
        return ([end] + channel.moves(of: expiring)).joined(separator: "; ")
            + ". \(channel.remedies) would mend that"
    }
}

extension ChannelPlan {
    /// Who goes on to another channel instead, such as `about 22 of them go on to another channel for up to 0.99 EUR`, and
    /// who cannot.
    fileprivate func moves(of expiring: Int) -> [String] {
        let who = { (count: Int) in
            count == expiring
                ? "they" : "about \(CountText.grouped(count))" + (count < expiring ? " of them" : "")
        }
        let costs = moves.costs.filter { $0.amount > 0 }.map { " for up to \($0)" }.joined(separator: " +")
        let late = moves.late == 0 ? "" : ", where about \(CountText.grouped(moves.late)) expire too"
        return [
            moves.count == 0 ? nil : "\(who(moves.count)) go on to another channel\(costs)\(late)",
            moves.lost == 0 ? nil : "--max-cost does not cover about \(CountText.grouped(moves.lost))",
        ].compactMap(\.self)
    }

    /// Why some have their turn late; empty when none has.
    fileprivate var lateCauses: [String] {
        hindrances.map { hindrance in
            switch hindrance {
            case .speed: "\(isPacedByRate ? "" : "about ")\(speed)"
            case .day: dayText
            }
        }
    }

    private var dayText: String {
        guard let day else { return "" }
        let used = [
            day.used == 0 ? nil : "\(CountText.grouped(day.used)) taken in the last 24 hours",
            day.ahead == 0 ? nil : "\(CountText.grouped(day.ahead)) of others waiting before them",
        ].compactMap(\.self)
        return "its provider takes \(CountText.grouped(day.quota.limit)) a day"
            + (used.isEmpty ? "" : " (\(used.joined(separator: ", ")))")
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

    /// What lets all of them leave in time.
    fileprivate var remedies: String {
        let times = deadlines.map { deadline in
            switch deadline {
            case .announcement: "--expires"
            case .channel: "retry.within of \(facts.name)"
            }
        }
        let speed = isPacedByRate ? "a higher rate" : isSlowedByFiles ? "smaller files" : "more connections"
        return
            (["A longer \(times.joined(separator: " and "))"] + (hindrances == [.speed] ? [speed] : [])
            + ["fewer people"]).joined(separator: ", ") + " or another channel"
    }
}
