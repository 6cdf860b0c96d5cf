import Broadcast
import Foundation

extension PlanText {
    /// What is cut, rewritten or too long, and what a text message comes to in each language.
    var lengths: String {
        plan.channels.compactMap { channel in channel.lengths.map { (channel, $0) } }.flatMap {
            channel, lengths in
            Self.lines(channel, lengths).map { Paragraph.hanging("\(channel.facts.name): ", $0) }
        }.joined(separator: "\n")
    }

    private static func lines(_ channel: ChannelPlan, _ lengths: LengthPlan) -> [String] {
        [
            lengths.cut == 0 ? nil : "\(CountText.grouped(lengths.cut)) cut, with a link to the page",
            lengths.tooLong.map {
                "too long: \($0)" + (channel.unmade[.tooLong] == 1 ? "" : " (the longest)")
            },
            languages(channel, lengths), savings(channel, lengths),
            lengths.subjects.flatMap { subjects in
                subjects.count == 0
                    ? nil
                    : "a subject of \(subjects.longest) characters; mail programs show about \(subjects.advised)"
            },
            lengths.bodies.flatMap { bodies in
                bodies.count == 0
                    ? nil
                    : "a body of \(CountText.grouped(bodies.longest)) bytes; more than "
                        + "\(CountText.grouped(bodies.advised)) is not advised (set maxBytes to what it takes)"
            },
        ].compactMap(\.self)
    }

    /// Such as `segments: it 1,400 for 700 people, en 30 for 20 people (up to 3 each)`.
    private static func languages(_ channel: ChannelPlan, _ lengths: LengthPlan) -> String? {
        guard !lengths.languages.isEmpty else { return nil }
        let parts = lengths.languages.sorted { $0.key < $1.key }.map { locale, language in
            let each =
                language.most * language.messages == language.segments
                ? "\(language.most) each" : "up to \(language.most) each"
            return "\(locale) \(CountText.grouped(language.segments)) for "
                + "\(CountText.grouped(language.messages)) (\(each))"
        }
        return "segments " + parts.joined(separator: ", ")
    }

    private static func savings(_ channel: ChannelPlan, _ lengths: LengthPlan) -> String? {
        guard lengths.saved > 0 else { return nil }
        let price = channel.savedCost.map { ", \($0)" } ?? ""
        let segments = lengths.saved == 1 ? "segment" : "segments"
        return
            "typographic characters rewritten: saves \(CountText.grouped(lengths.saved)) \(segments)\(price)"
    }

    /// What is more than a provider takes in a day, and what becomes of it.
    var days: String {
        plan.channels.compactMap { channel -> String? in
            guard let day = channel.day, channel.queued + day.ahead > day.quota.limit - day.used else {
                return nil
            }
            let (limit, queued) = (CountText.grouped(day.quota.limit), CountText.grouped(channel.queued))
            let used = [
                day.used == 0 ? nil : "\(CountText.grouped(day.used)) taken in the last 24 hours",
                day.ahead == 0 ? nil : "\(CountText.grouped(day.ahead)) of others waiting before them",
            ].compactMap(\.self)
            guard channel.queued > 0 else { return nil }
            let expiring = channel.expiring
            let end =
                expiring == channel.queued
                ? "all expire before their turn"
                : expiring == 0
                    ? "the last leave in \(DurationWords.text(channel.pace.all))"
                    : "\(CountText.grouped(expiring)) expire before their turn, "
                        + "\(DurationWords.text(day.within)) after they are due"
            let way = plan.reach == .first ? "; who has another channel goes on to that" : ""
            return Paragraph.hanging(
                "\(channel.facts.name): ",
                "\(queued) would be sent, its provider takes \(limit) a day"
                    + (used.isEmpty ? "" : " (\(used.joined(separator: ", ")))") + ": \(end)\(way)")
        }.joined(separator: "\n")
    }
}
