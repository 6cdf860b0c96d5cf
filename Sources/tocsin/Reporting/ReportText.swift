import Broadcast
import Foundation

/// A report as people read it, at most 80 columns wide.
struct ReportText {
    let report: AnnouncementReport

    /// The whole report, without a line end at its end.
    var text: String {
        var parts = [head, people, channels]
        let faults = FaultLines(report.channels.mapValues(\.faults), in: report.order).lines()
        if !faults.isEmpty { parts.append((["Why:"] + faults).joined(separator: "\n")) }
        if !skips.isEmpty { parts.append("Not tried:\n" + skips) }
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private var head: String {
        let why = report.pauseReason.isEmpty ? "" : " (\(Plain.text(report.pauseReason)))"
        return Paragraph.hanging(
            "\(report.id)  \(report.template)  ", "\(report.state.rawValue)\(why)")
    }

    private var people: String {
        let counts = report.contacts
        var words = ["\(counts.reached) of \(CountText.people(counts.selected)) reached"]
        if counts.missed > 0 { words.append("\(counts.missed) missed") }
        if counts.unknown > 0 { words.append("\(counts.unknown) perhaps reached, nobody knows") }
        if counts.waiting > 0 { words.append("\(counts.waiting) waiting") }
        return words.joined(separator: ", ")
    }

    private var plannedChannels: [(key: ChannelName, value: ChannelCounts)] {
        report.order.compactMap { name in
            report.channels[name].flatMap { $0.planned > 0 ? (name, $0) : nil }
        }
    }

    private var channels: String {
        // "Handed over" and not "delivered": a relay's 250 is not a read mail.
        var columns: [(title: String, alignment: TextTable.Alignment)] = [
            ("Channel", .left), ("Company", .left), ("Planned", .right), ("Handed over", .right),
        ]
        let shown: [(DeliveryState, String)] = [
            (.delivered, "Confirmed"), (.bounced, "Bounced"), (.refused, "Refused"), (.unknown, "Unknown"),
            (.expired, "Expired"), (.queued, "Waiting"), (.sending, "Sending"), (.skipped, "Not tried"),
        ].filter { state, _ in report.channels.values.contains { $0.count(state) > 0 } }
        columns += shown.map { ($0.1, .right) }
        var table = TextTable(columns)
        for (name, counts) in plannedChannels {
            table.add(
                [name.rawValue, counts.company, String(counts.planned), String(counts.count(.accepted))]
                    + shown.map { String(counts.count($0.0)) })
        }
        return table.text()
    }

    private var skips: String {
        plannedChannels.flatMap { name, counts in
            counts.skipped.filter { $0.value > 0 }.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                Paragraph.hanging("  \(name): ", "\($0.value) \($0.key.rawValue)")
            }
        }.joined(separator: "\n")
    }
}

extension Session {
    /// Prints the present report of `id`, as text or JSON.
    func show(_ report: AnnouncementReport) {
        if output.isJSON {
            output.result(json: report)
        } else {
            output.result(ReportText(report: report).text)
        }
    }
}
