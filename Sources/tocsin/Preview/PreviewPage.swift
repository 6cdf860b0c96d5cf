import Broadcast
import Dispatching
import Foundation
import Templating

/// A dry run as one page that is mailed to whoever has to approve it: it loads nothing, runs nothing, and needs nothing.
struct PreviewPage {
    private let plan: PlanSummary
    private let refusals: [Refusal]
    private let samples: [Sample]
    private let pictures: PictureBudget
    private let warnings: [String]
    private let facts: [String]
    private let sender: Sender
    private let made: String
    /// What sends exactly this.
    private let command: String
    private let title: String

    /// Of a dry run of `draft`, as `order` asked for it.
    init(
        plan: PlanSummary, refusals: [Refusal], samples: [Sample], _ draft: Draft, _ order: SendOrder,
        _ zone: TimeZone
    ) {
        self.plan = plan
        self.refusals = refusals
        self.samples = samples
        pictures = PictureBudget(samples)
        let announcement = draft.edition.announcement
        sender = announcement.content.sender
        made = TimeText.text(for: announcement.createdAt, in: zone)
        let text = PlanText(plan: plan, zone: zone, width: nil)
        (warnings, facts) = (plan.warnings.map(\.message) + text.warnings, text.facts)
        let people = plan.people > 0 && order.people == nil ? ["--people", "\(plan.people)"] : []
        let words =
            ["tocsin", "send"] + order.words(sending: plan.id) + people + ["--digest", plan.digest.full]
        command = words.map(ShellWord.of).joined(separator: " ")
        title = draft.publicTitle
    }

    /// How every such page begins.
    static let beginning =
        #"<!DOCTYPE html>\#n<html lang="en"><head><meta charset="utf-8"/><meta name="generator" content="Tocsin"/>"#

    /// The whole page.
    var bytes: [UInt8] {
        var page = Markup()
        page.element("html", ["lang": "en"]) { page in
            page.element("head", [:], head)
            page.newLine()
            page.element("body") { page in
                page.element("main") { page in
                    appendTop(to: &page)
                    for channel in plan.channels { append(channel, to: &page) }
                    appendNumbers(to: &page)
                    appendWarnings(to: &page)
                    appendCommand(to: &page)
                }
            }
        }
        page.newLine()
        return page.bytes
    }

    /// Nothing is loaded, nothing runs, nothing is sent on; mails bring styles of their own.
    private static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

    private func head(_ page: inout Markup) {
        page.void("meta", ["charset": "utf-8"])
        page.void("meta", ["name": "generator", "content": "Tocsin"])
        page.void("meta", ["http-equiv": "Content-Security-Policy", "content": Self.policy])
        page.void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        page.void("meta", ["name": "referrer", "content": "no-referrer"])
        page.element("title", text: "Preview of \(plan.template): \(Plain.text(title))")
        page.style(PackageResources.page_css)
    }

    // MARK: Parts

    private func appendTop(to page: inout Markup) {
        page.element("header", ["class": "top"]) { page in
            page.element("p", ["class": "kind"], text: "Preview · \(Plain.text(sender.name))")
            page.element("h1", ["dir": "auto"], text: Plain.text(title, limit: 500))
            page.element("p", ["class": "facts"]) { page in
                for fact in [
                    plan.template, plan.purpose.rawValue, "priority \(plan.priority.rawValue)",
                    "reach \(plan.reach.rawValue)",
                ] {
                    page.element("span", ["class": "badge"], text: fact)
                }
            }
            appendVerdict(to: &page)
        }
        PlanView(plan: plan).appendTotals(to: &page)
        page.element("nav") { page in
            for channel in plan.channels {
                page.element(
                    "a", ["href": "#channel-\(channel.facts.name)"], text: channel.facts.name.rawValue)
            }
            for (place, name) in [
                ("numbers", "Numbers"), ("warnings", "Warnings"), ("send", "How to send it"),
            ] {
                page.element("a", ["href": "#\(place)"], text: name)
            }
        }
        page.newLine()
    }

    private func appendVerdict(to page: inout Markup) {
        guard !refusals.isEmpty else { return appendDoubts(to: &page) }
        page.element("div", ["class": "verdict bad"]) { page in
            page.element("p", text: "As it stands it would be refused:")
            page.element("ul") { page in
                for refusal in refusals { page.element("li", text: Plain.text(refusal.message, limit: 500)) }
            }
        }
    }

    private func appendDoubts(to page: inout Markup) {
        let missed = plan.people - plan.reachable
        let doubts = [
            missed == 0
                ? nil
                : (
                    "numbers",
                    "\(CountText.grouped(missed)) of \(CountText.people(plan.people)) cannot be reached"
                ),
            warnings.isEmpty ? nil : ("warnings", CountText.text(warnings.count, "warning", "warnings")),
        ].compactMap(\.self)
        guard !doubts.isEmpty else {
            return page.element(
                "p", ["class": "verdict good"], text: "Nothing stands in the way of sending it.")
        }
        page.element("div", ["class": "verdict doubt"]) { page in
            page.element("p", text: "It can be sent, but see:")
            page.element("ul") { page in
                for (place, doubt) in doubts {
                    page.element("li") { $0.element("a", ["href": "#\(place)"], text: doubt) }
                }
            }
        }
    }

    private func append(_ channel: ChannelPlan, to page: inout Markup) {
        let name = channel.facts.name.rawValue
        page.element("section", ["class": "channel", "id": "channel-\(name)"]) { page in
            page.element("h2") { page in
                page.text(name)
                page.element("span", ["class": "company"], text: Plain.text(channel.facts.company))
                page.element(
                    "span", ["class": "count"], text: "\(CountText.grouped(channel.leaving)) will get it")
            }
            let own = samples.enumerated().filter { $0.element.channel == name }
            page.element("div", ["class": "cards \(channel.facts.traits.form.rawValue)"]) { page in
                for (number, sample) in own {
                    SampleCard(
                        sample: sample, facts: channel.facts, number: number,
                        isFramed: pictures.framed.contains(number)
                    ).append(to: &page)
                }
            }
            if own.isEmpty { page.element("p", ["class": "none"], text: "Nothing goes over this channel.") }
        }
        page.newLine()
    }

    private func appendNumbers(to page: inout Markup) {
        page.element("section", ["id": "numbers"]) { page in
            page.element("h2", text: "Numbers")
            PlanView(plan: plan).appendChannels(to: &page)
            PlanView(plan: plan).appendLosses(to: &page)
            if !facts.isEmpty {
                page.element("h3", text: "Good to know")
                page.element("ul", ["class": "losses"]) { page in
                    for fact in facts { page.element("li", text: Plain.text(fact, limit: 500)) }
                }
            }
        }
        page.newLine()
    }

    private func appendWarnings(to page: inout Markup) {
        page.element("section", ["id": "warnings"]) { page in
            page.element("h2", text: "Warnings")
            guard !warnings.isEmpty else { return page.element("p", ["class": "none"], text: "None.") }
            page.element("ul", ["class": "warnings"]) { page in
                for warning in warnings { page.element("li", text: Plain.text(warning, limit: 500)) }
            }
        }
        page.newLine()
    }

    private func appendCommand(to page: inout Markup) {
        page.element("section", ["id": "send"]) { page in
            page.element("h2", text: "How to send exactly this")
            page.element("pre", ["class": "command"], text: Plain.lines(command))
            page.element(
                "p",
                text:
                    "It refuses when the audience has become more than 5 % larger or smaller, and when the texts, "
                    + "their layout and partials, the files, the variables, the sender, the rule of the audience, reach, "
                    + "priority or expiry, the channels or their settings that shape a message are no longer those of "
                    + "this page, and says which.")
            page.element(
                "p", ["class": "foot"],
                text:
                    "Made by a dry run at \(made): nothing was sent. This page holds names and addresses of the people "
                    + "whose messages it shows; keep it as you keep those.")
        }
    }
}
