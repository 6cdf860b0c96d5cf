import Broadcast
import Dispatching
import Foundation
import Storage
import Templating

/// A report as people read it, at most 80 columns wide.
struct ReportText {
    let report: AnnouncementReport
    /// As a reader without a name gets it; empty when nobody knows any more.
    let subject: String
    /// Empty when nobody knows any more.
    let audience: String
    /// Whether there is a process that sends.
    let isServed: Bool
    /// In which its times are shown.
    let zone: TimeZone
    /// Whether the store is a copy, from which nothing leaves yet.
    let isCopy: Bool

    /// The whole report, without a line end at its end.
    var text: String {
        var parts = [
            [head, meaning, times, closing].filter { !$0.isEmpty }.joined(separator: "\n"), people, channels,
        ]
        let faults = FaultLines(report.channels.mapValues(\.faults), in: report.order).lines()
        if !faults.isEmpty { parts.append((["Why:"] + faults).joined(separator: "\n")) }
        if !holds.isEmpty { parts.append(holds) }
        if !skips.isEmpty { parts.append("Not tried:\n" + skips) }
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private var head: String {
        let state = report.state.rawValue
        let why = ["", state].contains(report.pauseReason) ? "" : " (\(Plain.text(report.pauseReason)))"
        let isStuck = report.state == .running && !isServed
        let mend = isCopy ? "tocsin adopt lets this copy send" : "tocsin resume \(report.id)"
        let help = isStuck ? ", but nobody sends: \(mend)" : ""
        return Paragraph.hanging("\(report.id)  \(report.template)  ", "\(state)\(why)\(help)")
    }

    private var meaning: String {
        let parts = [subject.isEmpty ? "" : "\"\(subject)\"", audience.isEmpty ? "" : "to \(audience)"]
        return Paragraph.folded(Plain.text(parts.filter { !$0.isEmpty }.joined(separator: " "), limit: 400))
    }

    private var times: String {
        let end =
            report.finishedAt.map { ", \(report.state.rawValue) \(TimeText.text(for: $0, in: zone))" } ?? ""
        return "accepted \(TimeText.text(for: report.createdAt, in: zone))\(end)"
    }

    private var closing: String {
        let words = [
            report.closes.map { "closes \($0)" }, report.closedBy.map { "closed by \($0)" },
        ].compactMap(\.self)
        return Paragraph.folded(words.joined(separator: ", "))
    }

    private var people: String {
        let counts = report.contacts
        let reached = "\(CountText.grouped(counts.reached)) of \(CountText.people(counts.selected)) reached"
        let others = [
            (counts.missed, "missed"), (counts.unknown, "perhaps reached, nobody knows"),
            (counts.waiting, "waiting"),
        ].filter { $0.0 > 0 }
        return ([reached] + others.map { "\(CountText.grouped($0)) \($1)" }).joined(separator: ", ")
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
                [
                    name.rawValue, counts.company, CountText.grouped(counts.planned),
                    CountText.grouped(counts.count(.accepted)),
                ] + shown.map { CountText.grouped(counts.count($0.0)) })
        }
        return table.text()
    }

    private var holds: String {
        report.held.map { held in
            Paragraph.hanging(
                "\(held.channel): ",
                "\(CountText.grouped(held.waiting)) held, \(Plain.text(held.why, limit: 300)); tocsin resume \(report.id) goes on"
            )
        }.joined(separator: "\n")
    }

    private var skips: String {
        plannedChannels.flatMap { name, counts in
            counts.skipped.filter { $0.value > 0 }.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                Paragraph.hanging("  \(name): ", "\(CountText.grouped($0.value)) \($0.key.rawValue)")
            }
        }.joined(separator: "\n")
    }
}

extension Session {
    /// Prints the present report of `id`, as text or JSON, and returns it.
    @discardableResult
    func showReport(
        of id: Announcement.ID, in store: Store
    ) async throws(CommandFailure) -> AnnouncementReport {
        let (report, announcement) = try await translating { () async throws(StoreError) in
            (try await store.report(id), try await store.announcement(id))
        }
        if output.isJSON {
            output.result(json: report)
        } else {
            let text = ReportText(
                report: report, subject: announcement.plainSubject, audience: announcement.audience,
                isServed: try await dispatcher(of: store) != nil, zone: zone, isCopy: store.copy != nil)
            output.result(text.text)
        }
        return report
    }
}

extension Announcement {
    /// The subject as a reader of whom nothing is known gets it; empty when its template compiles no more.
    fileprivate var plainSubject: String {
        guard let edition = try? Edition(self) else { return "" }
        let content = try? edition.template.render(.email, for: nil, announcement: edition.facts)
        return content.map { String(decoding: $0.title, as: UTF8.self) }
            ?? edition.template.frontMatter.subject
    }
}
