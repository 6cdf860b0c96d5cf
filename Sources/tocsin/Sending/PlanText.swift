import Broadcast
import Foundation

/// A plan as people read it before anything leaves.
struct PlanText {
    let plan: PlanSummary
    /// In which its times are shown.
    let zone: TimeZone
    /// The columns that its table may take; nil for as many as it needs.
    let width: Int?
    /// Whether a question follows, at which somebody may stop.
    var isAsked = false

    /// The whole plan.
    var text: String {
        let message = [head, closing, table, files]
        let people = [strangers, unmatched, skips, takenOver]
        let course = [segments, lengths, savings, quiet, waits, languages, cost, pace, late]
        let doubts = [losses, advice, outside, marks, secrets]
        return (message + people + course + doubts).filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private var head: String {
        """
        \(plan.template): \(plan.purpose.rawValue), \(plan.priority.rawValue), reach \(plan.reach.rawValue), \
        content \(plan.digest.short)
        \(Paragraph.folded(people))
        """
    }

    private var people: String {
        let (reached, missed) = (plan.reachable, plan.people - plan.reachable)
        let count = plan.movingOn
        let link = count > plan.pace.late ? ";" : ", of whom"
        let again = plan.movingOnLate
        let end = again > 0 ? ", where about \(CountText.grouped(again)) expire too" : ""
        let moving =
            count > 0 ? "\(link) about \(CountText.grouped(count)) go on to another channel\(end)" : ""
        return "\(CountText.people(plan.people)) selected, \(CountText.grouped(reached)) can be reached, "
            + "\(CountText.grouped(missed)) cannot" + (plan.lateness.map { "; \($0)" } ?? "") + moving
    }

    var closing: String {
        plan.closing.map { closing in
            let waiting =
                closing.waiting == 0
                ? "nothing of it waits"
                : "\(CountText.deliveries(closing.waiting)) of it, still waiting, will be cancelled"
            let again =
                closing.again == 0
                ? ""
                : "; \(CountText.people(closing.again)) heard its end already, from an announcement that was then "
                    + "cancelled, and may hear it again"
            return Paragraph.folded("Closes \(closing.id): \(waiting)\(again)")
        } ?? ""
    }

    private var table: String {
        var table = TextTable([
            ("Channel", .left), ("Company", .left), ("Will get it", .right), ("Will not", .right),
            ("Segments", .right), ("Cost", .right),
        ])
        for channel in plan.channels {
            table.add([
                channel.facts.name.rawValue + state(channel), channel.facts.company,
                CountText.grouped(channel.leaving), CountText.grouped(channel.planned - channel.leaving),
                channel.timelySegments.map(CountText.grouped) ?? "",
                channel.queued > 0 ? channel.timelyCost?.description ?? "" : "",
            ])
        }
        return table.text(width: width)
    }

    private func state(_ channel: ChannelPlan) -> String {
        if channel.facts.missing != nil { return " (no secret)" }
        return channel.mark == nil ? "" : " (down)"
    }

    /// Last, where it is seen.
    var secrets: String {
        plan.chosen.compactMap { channel in
            let facts = channel.facts
            return facts.missing.map { remedy in
                Paragraph.folded(
                    Plain.text(
                        "\(facts.lack.uppercased()): nothing leaves over \(facts.name) now"
                            + (isAsked
                                ? ". Stop and \(facts.lackRemedy) (\(remedy)), or go on without that channel."
                                : " (\(remedy))"),
                        limit: 500))
            }
        }.joined(separator: "\n")
    }

    var strangers: String {
        plan.strangers.count == 0 ? "" : Paragraph.folded("The audience names \(plan.strangers)")
    }

    var unmatched: String {
        plan.unmatched.map { Paragraph.folded(Plain.text("Warning: \($0)", limit: 500)) }
            .joined(separator: "\n")
    }

    private var skips: String {
        let lines = plan.channels.flatMap { channel in
            let reasons =
                channel.skipped.filter { $0.value > 0 }.map { ($0.key.rawValue, $0.value) }
                + channel.unmade.map { ($0.key.rawValue, $0.value) }
                + (channel.expiring > 0 ? [(DeliveryState.expired.rawValue, channel.expiring)] : [])
            return reasons.sorted { $0.0 < $1.0 }.map {
                Paragraph.hanging("  \(channel.facts.name): ", "\(CountText.grouped($0.1)) \($0.0)")
            }
        }
        return lines.isEmpty ? "" : (["Who will not, and why:"] + lines).joined(separator: "\n")
    }

    var quiet: String {
        plan.channels.compactMap { channel in
            channel.held.map { held in
                Paragraph.folded(
                    "Quiet hours: \(CountText.grouped(held.count)) wait on \(channel.facts.name), the last until "
                        + TimeText.text(for: held.until, in: zone))
            }
        }.joined(separator: "\n")
    }

    var waits: String {
        plan.channels.filter { $0.queued > 0 }.compactMap { channel in
            channel.wait.map { wait in
                let name = channel.facts.name
                let text = { (date: Date) in TimeText.text(for: date, in: zone) }
                let again = wait.until.map { "at \(text($0))" } ?? "at once"
                let state =
                    wait.trippedSince.map { "is tripped since \(text($0)), tried again \(again)" }
                    ?? "rests until \(wait.until.map(text) ?? "now")"
                let costs = wait.costs.map { " for up to \($0)" }.joined(separator: " +")
                let way = wait.movesOnAt.map { date in
                    let time = date > wait.plannedAt ? "at \(text(date))" : "at once"
                    return "; who has another channel goes on to that \(time)\(costs)"
                }
                return Paragraph.folded(
                    "\(name) \(state): \(CountText.grouped(channel.queued)) wait\(way ?? "")")
            }
        }.joined(separator: "\n")
    }

    private var cost: String {
        guard let price = plan.price else { return "" }
        let (head, parts) = ("Cost: \(price)", plan.channels.compactMap(\.costText))
        guard parts.count > 1 else { return Paragraph.folded(([head] + parts).joined(separator: "; ")) }
        return ([head] + parts.map { Paragraph.folded("  \($0)") }).joined(separator: "\n")
    }

    private var pace: String {
        guard plan.deliveries > 0 else { return "" }
        let held = plan.channels.filter { ($0.mark != nil || $0.wait != nil) && $0.queued > 0 }
        let open = held.reduce(0) { $0 + $1.queued } < plan.deliveries ? Self.text(plan.pace) : ""
        let waits = held.map { "\(CountText.grouped($0.queued)) wait on \($0.facts.name)\(end(of: $0))" }
            .joined(separator: ", ")
        let parts = [open, open.isEmpty || waits.isEmpty ? waits : "then \(waits)"].filter { !$0.isEmpty }
        return Paragraph.folded("Estimate: " + parts.joined(separator: "; "))
    }

    /// When half, 95 % and all are told; of what is never reached, how far it gets.
    private static func text(_ pace: Pace) -> String {
        let late = "\(CountText.grouped(pace.late)) of \(CountText.grouped(pace.total)) are not told in time"
        if pace.told == 0 { return late }
        let shares = [("half told in", pace.half), ("95 % in", pace.most), ("all in", pace.all)]
        var parts = shares.compactMap { name, time in time.map { "\(name) \(DurationWords.text($0))" } }
        if pace.late > 0 {
            parts.append(
                "the last \(parts.isEmpty ? "told " : "")in \(DurationWords.text(pace.last)); about \(late)")
        }
        return parts.joined(separator: ", ")
    }

    /// Until when a mark holds, as far as a person said it, or a rest lasts.
    private func end(of channel: ChannelPlan) -> String {
        let rest = channel.wait.flatMap { $0.trippedSince == nil ? $0.until : nil }
        let mark = channel.mark.flatMap { $0.origin == .person ? $0.until : nil }
        let until = channel.mark == nil ? rest : mark
        return until.map { " until \(TimeText.text(for: $0, in: zone))" } ?? ""
    }

    /// What status pages say, a paragraph for each company.
    var outside: String {
        let down = plan.channels.compactMap(\.mark).filter(\.isOutside).map { mark in
            (
                mark.title,
                "is down, says \(mark.who) since \(TimeText.text(for: mark.since, in: zone)): "
                    + "\(mark.why); \(mark.remedy)"
            )
        }
        let degraded = plan.channels.compactMap(\.degraded).map { word in
            (word.company, "is degraded, says \(word.source): \(word.why); nothing is held back for that")
        }
        var told: Set<String> = []
        return (down + degraded).filter { told.insert($0.0).inserted }
            .map { Paragraph.folded(Plain.text("\($0.0) \($0.1)", limit: 500)) }.joined(separator: "\n")
    }

    /// What people marked down here, and what somebody may have forgotten elsewhere.
    var marks: String {
        (plan.marks + plan.oldMarks.filter { !plan.marks.contains($0) }).map { mark in
            let head = plan.oldMarks.contains(mark) ? "Still marked down" : "Marked down"
            let until = mark.until.map { "until \(TimeText.text(for: $0, in: zone))" } ?? "until it is lifted"
            let since = "\(head) since \(TimeText.text(for: mark.since, in: zone))"
            return Paragraph.folded(
                Plain.text("\(since): \(mark.title) by \(mark.who), \(until): \(mark.why)", limit: 500))
        }.joined(separator: "\n")
    }
}

extension PlanSummary {
    /// How many people are not told in time, such as `about 150 not in time`; nil when all are.
    var lateness: String? { pace.late > 0 ? "about \(CountText.grouped(pace.late)) not in time" : nil }

    /// What it costs, such as `4.50 EUR`, and what it may come to; nil when it is free.
    var price: String? {
        var sums = [timelyCosts, moreCosts, costs].map { costs in
            costs.filter { $0.amount > 0 }.map(\.description).joined(separator: " + ")
        }
        if sums[0] != sums[2] {
            sums[0] = "about \(sums[0].isEmpty ? "nothing" : sums[0]), at most \(sums[2])"
        }
        if sums[1].isEmpty { return sums[0].isEmpty ? nil : sums[0] }
        return sums[0].isEmpty ? "up to \(sums[1])" : "\(sums[0]), up to \(sums[1]) more"
    }

    /// Such as `Send to 5 people and 1 public place, 0.20 EUR`, without its question mark.
    var question: String {
        let places = deliveries - direct
        let parts =
            (reachable > 0 ? [CountText.people(reachable)] : [])
            + (places > 0 ? [CountText.text(places, "public place", "public places")] : [])
        let whom =
            parts.isEmpty ? CountText.deliveries(deliveries) : "to \(parts.joined(separator: " and "))"
        let closing = closing.map { " and close \($0.id)" } ?? ""
        return "Send \(whom)" + (lateness.map { " (\($0))" } ?? "")
            + (price.map { ", \($0)" } ?? "")
            + closing
    }
}

/// Durations as people say them: `4 s`, `2 min 10 s`, `3 h 5 min`, `2 d 4 h`.
enum DurationWords {
    /// The two largest units that matter, rounded up to whole seconds.
    static func text(_ duration: Duration) -> String {
        let seconds = Int(duration.inSeconds.rounded(.up))
        let units = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")]
        guard let first = units.firstIndex(where: { seconds >= $0.0 }) else { return "0 s" }
        var text = "\(seconds / units[first].0) \(units[first].1)"
        if first + 1 < units.count {
            let rest = seconds % units[first].0 / units[first + 1].0
            if rest > 0 { text += " \(rest) \(units[first + 1].1)" }
        }
        return text
    }
}
