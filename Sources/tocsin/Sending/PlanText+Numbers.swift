import Broadcast
import Foundation

/// What a dry run says beyond counts: languages, prices, and what would be lost.
extension PlanText {
    /// A line for each channel, such as `email: it 120, en 80`; empty when there is one language.
    ///
    /// ``segments`` says it of text messages.
    var languages: String {
        guard Set(plan.channels.flatMap(\.locales.keys)).count > 1 else { return "" }
        let others = plan.channels.filter { !$0.locales.isEmpty && $0.segmentsPerMessage == nil }
        guard !others.isEmpty else { return "" }
        let lines = others.map { channel in
            let counts = channel.messagesByLocale.map { locale, plan in
                "\(locale) \(CountText.grouped(plan.messages))"
            }
            return Paragraph.hanging("  \(channel.facts.name): ", counts.joined(separator: ", "))
        }
        return (["Languages:"] + lines).joined(separator: "\n")
    }

    /// To whom a channel goes though another one comes first, which cannot make their message.
    var takenOver: String {
        plan.channels.compactMap { channel in
            guard let count = channel.takenOver?.count, count > 0 else { return nil }
            return Paragraph.hanging(
                "\(channel.facts.name): ",
                "takes over \(CountText.people(count)) for whom a channel before it cannot make a message")
        }.joined(separator: "\n")
    }

    /// A line for each company, and for what channels depend on, whose loss somebody would feel.
    var losses: String {
        (plan.losses ?? []).filter { !$0.consequences.isEmpty }.map { loss in
            let channels = loss.channels.map(\.rawValue).joined(separator: ", ")
            return Paragraph.folded(
                Plain.text(
                    "If \(loss.name) were down (\(channels)): \(loss.consequences.joined(separator: ", "))",
                    limit: 500))
        }.joined(separator: "\n")
    }

    /// All that is worth a warning before it is sent, one sentence each.
    var warnings: [String] {
        [
            plan.closing?.again == 0 ? "" : closing, strangers, unmatched, takenOver, lengths, quiet, waits,
            late, outside, marks, secrets,
        ]
        .flatMap { Paragraph.unfolded($0) }
    }
}

extension ChannelPlan {
    /// Its languages, those with most messages first.
    var messagesByLocale: [(locale: String, plan: LocalePlan)] {
        locales.sorted { ($1.value.messages, $0.key) < ($0.value.messages, $1.key) }
            .map { (locale: $0.key, plan: $0.value) }
    }

    /// Such as `a message on sms 0.045 to 0.135 EUR`; nil when it is free.
    var costText: String? { costRange.map { "a message on \(facts.name) \($0)" } }

    /// Such as `0.045 to 0.135 EUR`; nil when it is free, or nothing is sent.
    var costRange: String? {
        guard let cost = costPerMessage, let currency = facts.price?.currency else { return nil }
        let (least, most) = (Money(cost.least, currency), Money(cost.most, currency))
        return least == most ? "\(most)" : "\(least.figures) to \(most)"
    }
}

extension Loss {
    private var price: String? {
        costs.isEmpty ? nil : costs.map(\.description).joined(separator: " + ")
    }

    /// What would follow, such as `1,204 would hear nothing`; empty when nobody would feel it.
    var consequences: [String] {
        [
            missed > 0 ? "\(CountText.grouped(missed)) would hear nothing" : nil,
            elsewhere > 0
                ? "\(CountText.grouped(elsewhere)) would hear over another channel"
                    + (price.map { ", for up to \($0)" } ?? "") : nil,
            places.isEmpty
                ? nil : "\(places.map(\.rawValue).joined(separator: ", ")) would not tell the public",
        ].compactMap(\.self)
    }
}
