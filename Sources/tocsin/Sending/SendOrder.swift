import Broadcast
import Foundation

/// What a `send` command line asks for, read and checked as far as it can be without store and template.
struct SendOrder: Sendable {
    let template: String
    let audience: String
    /// The announcement that this one ends; its audience are then those who were told of it.
    let closes: Announcement.ID?
    let variables: [String: String]
    let channels: [ChannelName]?
    let reach: Reach?
    let priority: Priority?
    let expires: Duration?
    let id: Announcement.ID?
    let waitsForMarked: Bool
    let isAgain: Bool
    let isDry: Bool
    /// What it is instead of a send; nil when it is one, or a dry run.
    let trial: Trial?
    let saysYes: Bool
    let linger: Duration?
    let people: Int?
    let maxCost: Money?
    let digest: String?
    let skipsUnknown: Bool
    let samples: [String]
    /// Where the preview is to be written as a page; nil when it is not.
    let page: String?
    let replacesPage: Bool
    /// The words that send what this previews, those apart that only a preview takes.
    let words: [String]

    /// Reads the options.
    ///
    /// - Throws: `usage`, naming the option and what it takes.
    init(_ invocation: Invocation) throws(CommandFailure) {
        template = invocation.required(0)
        trial = try Trial(invocation)
        let closes = try invocation.value("closes").map(Commands.announcementID)
        // A test ends nothing, and goes to nobody but whom it names.
        self.closes = trial?.audience == nil ? closes : nil
        audience = try Self.audience(invocation.value("to"), closing: closes, trial)
        variables = try Self.variables(invocation.values("set"))
        channels = try invocation.value("channels").map(Self.channels)
        reach = try invocation.choice("reach")
        priority = try invocation.choice("priority")
        expires = try invocation.duration("expires")
        linger = try invocation.duration("linger")
        id = try invocation.value("id").map(Commands.announcementID)
        waitsForMarked = invocation.isSet("wait")
        isAgain = invocation.isSet("again")
        isDry = invocation.isSet("dry-run")
        saysYes = invocation.isSet("yes")
        people = try invocation.value("people").map(Self.count)
        maxCost = try invocation.value("max-cost").map(Self.money)
        digest = try invocation.value("digest").map(Self.digest)
        skipsUnknown = invocation.isSet("skip-unknown")
        samples = invocation.values("contact")
        page = invocation.value("html")
        replacesPage = invocation.isSet("replace")
        words =
            [template]
            + Self.sent.flatMap { name in
                invocation.values(name).flatMap {
                    Self.flags.contains(name) ? ["--\(name)"] : ["--\(name)", $0]
                }
            }
        try check()
    }

    private static let flags: Set<String> = ["wait", "again", "skip-unknown"]
    /// The options that say what is sent, as they stand in ``words``.
    private static let sent = [
        "to", "closes", "set", "channels", "reach", "wait", "expires", "priority", "id", "again", "linger",
        "people", "max-cost", "skip-unknown", "config", "templates", "store",
    ]

    private func check() throws(CommandFailure) {
        if let expires, expires < .seconds(1) {
            throw CommandFailure(
                .usage, "--expires \(DurationText.text(for: expires)): expected at least 1s, such as 6h")
        }
        if id?.rawValue == "latest" {
            throw CommandFailure(
                .usage, "--id latest: the word means the last announcement; choose another, such as outage-42"
            )
        }
        if let closes, closes.rawValue == "latest" {
            throw CommandFailure(
                .usage,
                "--closes latest: too easily the wrong one; give its id, which tocsin report --all lists")
        }
        if let closes, closes == id {
            throw CommandFailure(
                .usage,
                "--closes \(closes) --id \(closes): nothing ends itself; --id names the new announcement, such "
                    + "as \(closes)-solved")
        }
        if isAgain, id != nil {
            throw CommandFailure(.usage, "--again makes a new announcement, --id names one: give either")
        }
        if !samples.isEmpty, !isDry {
            throw CommandFailure(.usage, "--contact shows what a person would get: it goes with --dry-run")
        }
        if page != nil, !isDry {
            throw CommandFailure(.usage, "--html writes what would be sent: it goes with --dry-run")
        }
    }

    /// What the guard rails are told; a dry run asks nobody, but does not want to hear that.
    func rails(isTerminal: Bool) -> SendRails {
        SendRails(
            saysYes: saysYes || isDry, isTerminal: isTerminal, people: people, maxCost: maxCost,
            digest: digest, skipsUnknown: skipsUnknown, namesChannels: channels != nil,
            waitsForMarked: waitsForMarked)
    }

    /// What a send would refuse of `plan`, apart from asking; empty when nothing.
    func refusals(of plan: PlanSummary) -> [Refusal] {
        guard case .refuse(let refusals) = rails(isTerminal: true).decision(on: plan) else { return [] }
        return refusals
    }

    /// Whether files take the place of the network: then nobody is asked over it either.
    var isRehearsal: Bool {
        if case .rehearsal? = trial { true } else { false }
    }

    /// What is written down of `plan` costs in the currency of the bound; nil when there is no bound.
    func cost(of plan: PlanSummary) -> Money? { plan.firstCosts.first { $0.currency == maxCost?.currency } }

    private static func audience(
        _ text: String?, closing notice: Announcement.ID?, _ trial: Trial?
    ) throws(CommandFailure) -> String {
        if let audience = trial?.audience { return audience.description }
        switch (text, notice) {
        case (let text?, nil): return text
        case (nil, let notice?): return Audience.told(notice).description
        case (nil, nil):
            throw CommandFailure(.usage, "send needs --to AUDIENCE, such as --to all or --to tag:customer")
        case (_?, let notice?):
            throw CommandFailure(
                .usage,
                "--closes \(notice) goes to everybody who was told, and to nobody else: leave --to out")
        }
    }

    private static func variables(_ pairs: [String]) throws(CommandFailure) -> [String: String] {
        var variables: [String: String] = [:]
        for pair in pairs {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw CommandFailure(.usage, "--set \(Plain.text(pair)): expected --set name=value")
            }
            guard variables.updateValue(String(parts[1]), forKey: String(parts[0])) == nil else {
                throw CommandFailure(.usage, "--set \(Plain.text(String(parts[0]))) is given twice")
            }
        }
        return variables
    }

    private static func channels(_ text: String) throws(CommandFailure) -> [ChannelName] {
        var names: [ChannelName] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let name = ChannelName(rawValue: String(part)) else {
                throw CommandFailure(
                    .usage, "--channels \(Plain.text(text)): expected names with commas, such as email,sms")
            }
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    private static func count(_ text: String) throws(CommandFailure) -> Int {
        guard let count = Int(text), count >= 0 else {
            throw CommandFailure(.usage, "--people \(Plain.text(text)): expected a number such as 1200")
        }
        return count
    }

    private static func digest(_ text: String) throws(CommandFailure) -> String {
        guard PreviewDigest.isName(text) else {
            throw CommandFailure(
                .usage,
                "--digest \(text.isEmpty ? "\"\"" : Plain.text(text)): expected what --dry-run calls content, at least 12 of its "
                    + "digits, such as e74c87e9a335")
        }
        return text
    }

    private static func money(_ text: String) throws(CommandFailure) -> Money {
        guard let money = Money(parsing: text) else {
            throw CommandFailure(.usage, "--max-cost \(Plain.text(text)): expected an amount such as 50EUR")
        }
        return money
    }
}
