import Broadcast
import Foundation

/// The numbers of a plan.
struct PlanView {
    let plan: PlanSummary

    /// Appends how many people hear, what it costs and how long it takes.
    func appendTotals(to page: inout Markup) {
        page.element("dl", ["class": "totals"]) { page in
            let pace = plan.pace
            let all = pace.all.flatMap { $0 > .zero ? [("all told in about", DurationWords.text($0))] : nil }
            let late = [("not in time, about", CountText.grouped(pace.late))]
            let totals: [(String, String)] =
                [
                    ("selected", CountText.people(plan.people)),
                    ("can be reached", CountText.grouped(plan.reachable)),
                    ("cannot", CountText.grouped(plan.people - plan.reachable)),
                    ("messages", CountText.grouped(plan.deliveries)), ("cost", plan.price ?? "nothing"),
                ] + (pace.late > 0 ? late : all ?? [])
            for (name, value) in totals {
                page.element("div") { page in
                    page.element("dt", text: name)
                    page.element("dd", text: value)
                }
            }
        }
    }

    /// Appends what each channel does.
    func appendChannels(to page: inout Markup) {
        page.element("div", ["class": "grid"]) { page in
            for channel in plan.channels { append(channel, to: &page) }
        }
    }

    private func append(_ channel: ChannelPlan, to page: inout Markup) {
        page.element("section", ["class": "numbers"]) { page in
            page.element("h3") { page in
                page.text(channel.facts.name.rawValue)
                page.element("span", ["class": "company"], text: Plain.text(channel.facts.company))
            }
            page.element("dl") { page in
                for (name, value) in channel.rows {
                    page.element("dt", text: name)
                    page.element("dd", text: value)
                }
            }
        }
    }

    /// Appends what would follow if a company were down; nothing when that was not reckoned, or nobody would feel it.
    func appendLosses(to page: inout Markup) {
        let losses = (plan.losses ?? []).filter { !$0.consequences.isEmpty }
        guard !losses.isEmpty else { return }
        page.element("h3", text: "If it were down")
        page.element("ul", ["class": "losses"]) { page in
            for loss in losses {
                page.element("li") { page in
                    page.element("strong", text: Plain.text(loss.name))
                    let channels = loss.channels.map(\.rawValue).joined(separator: ", ")
                    page.text(" (\(channels)): \(loss.consequences.joined(separator: ", "))")
                }
            }
        }
    }
}

extension ChannelPlan {
    /// What there is to be said, name and value.
    fileprivate var rows: [(String, String)] {
        var rows = [("will get it", CountText.grouped(leaving))]
        let reasons =
            skipped.filter { $0.value > 0 }.map { ($0.key.rawValue, $0.value) }
            + unmade.map { ($0.key.rawValue, $0.value) }
            + (expiring > 0 ? [(DeliveryState.expired.rawValue, expiring)] : [])
        rows += reasons.sorted { $0.0 < $1.0 }.map { ("will not: \($0.0)", CountText.grouped($0.1)) }
        if messagesByLocale.count > 1 {
            rows += messagesByLocale.map { locale, plan in
                let segments = plan.segments.map { " in \(CountText.text($0, "segment", "segments"))" } ?? ""
                return ("in \(locale)", CountText.grouped(plan.messages) + segments)
            }
        }
        if let segments, let timelySegments {
            let most = segments == timelySegments ? "" : ", at most \(CountText.grouped(segments))"
            rows.append(("segments", CountText.grouped(timelySegments) + most))
        }
        if let cost, let timelyCost, queued > 0 {
            let most = cost == timelyCost ? "" : ", at most \(cost)"
            rows.append(("cost", timelyCost.description + most))
        }
        if let costRange { rows.append(("a message", costRange)) }
        guard queued > 0, mark == nil, wait == nil else { return rows }
        let pace = pace
        let times = [("half told in", pace.half), ("95 % told in", pace.most), ("all told in", pace.all)]
        return rows + times.map { ($0, $1.map(DurationWords.text) ?? "never") }
    }
}
