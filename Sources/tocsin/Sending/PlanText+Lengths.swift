import Broadcast
import Foundation

extension PlanText {
    /// What is cut or too long.
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

    /// What the text messages come to in each language: `sms: segments en 30 for 20 (up to 3 each), it 7 for 7 (1 each)`.
    var segments: String {
        plan.channels.compactMap { channel in
            let parts = channel.locales.sorted { $0.key < $1.key }.compactMap { locale, plan in
                plan.segmentText.map { "\(locale) \($0)" }
            }
            guard !parts.isEmpty else { return nil }
            let timely = channel.timelySegments == channel.segments ? nil : channel.timelySegments
            let rest = timely.map { "; about \(CountText.grouped($0)) of them leave in time" } ?? ""
            return Paragraph.hanging(
                "\(channel.facts.name): ", "segments " + parts.joined(separator: ", ") + rest)
        }.joined(separator: "\n")
    }

    /// What rewriting saves.
    var savings: String {
        plan.channels.compactMap { channel in
            channel.lengths.flatMap { Self.savings(channel, $0) }.map {
                Paragraph.hanging("\(channel.facts.name): ", $0)
            }
        }.joined(separator: "\n")
    }

    private static func savings(_ channel: ChannelPlan, _ lengths: LengthPlan) -> String? {
        guard let saved = lengths.saved, saved > 0 else { return nil }
        let price = channel.savedCost.map { ", \($0)" } ?? ""
        let segments = saved == 1 ? "segment" : "segments"
        return "typographic characters rewritten: saves \(CountText.grouped(saved)) \(segments)\(price)"
    }
}

extension LocalePlan {
    /// Such as `30 for 20 (up to 3 each)`; nil where there are no segments.
    fileprivate var segmentText: String? {
        guard let segments, let spread = segmentsPerMessage else { return nil }
        let each = spread.least == spread.most ? "\(spread.most) each" : "up to \(spread.most) each"
        return "\(CountText.grouped(segments)) for \(CountText.grouped(messages)) (\(each))"
    }
}
