import Broadcast
import Foundation

extension ChannelStanding {
    /// What happened longer ago is only told in JSON.
    private static let recent: TimeInterval = 86_400

    /// What is to be said of a channel at `now` beside its row, a line each; empty when nothing is.
    func story(at now: Date, in zone: TimeZone) -> String {
        (state(in: zone) + use(in: zone) + lastFaults(at: now, in: zone)).joined(separator: "\n")
    }

    private func line(_ head: String, _ text: String) -> String {
        Paragraph.hanging(head, Plain.text(text, limit: 500))
    }

    /// Why it is not up.
    private func state(in zone: TimeZone) -> [String] {
        guard health.state != .up else { return [] }
        if health.state == .unusable { return [line("\(facts.name): ", health.why)] + alsoMarked(in: zone) }
        if health.state == .resting, let rest { return lines(of: rest, in: zone) }
        let isOutside = mark?.isOutside == true
        let said =
            isOutside
            ? "down, says \(health.who)" : health.state == .marked ? "marked down" : health.state.rawValue
        let with = mark.flatMap { $0.scope == .channel || isOutside ? nil : " with \($0.title)" } ?? ""
        let by = health.who.isEmpty || isOutside ? "" : "\(with) by \(health.who)"
        let since = health.since.map { " since \(TimeText.text(for: $0, in: zone))" } ?? ""
        let end = isOutside ? "counts until" : health.state == .marked ? "until" : "tried again at"
        let until = health.until.map { ", \(end) \(TimeText.text(for: $0, in: zone))" } ?? ""
        let renewed = isOutside ? " unless it is said again" : ""
        var lines = [
            line("\(facts.name): ", said + by + since + until + renewed), line("  why: ", health.why),
        ]
        if let rest, health.state != .marked {
            let until = TimeText.text(for: rest.until, in: zone)
            lines.append(
                line("  rest: ", "until \(until), \(rest.cause); \(rest.remedy(for: facts.name))"))
        }
        if health.state == .marked, let fault {
            lines.append(line("  last fault: ", "\(fault.code.rawValue): \(fault.detail)"))
        }
        if let mark {
            lines.append(
                isOutside
                    ? line("  mend: ", mark.remedy) : line("  lift: ", "tocsin channels up \(mark.operand)"))
        }
        if health.state != .marked, let advice { lines.append(line("  mend: ", advice)) }
        return lines
    }

    /// What a secret that is missing hides.
    private func alsoMarked(in zone: TimeZone) -> [String] {
        guard let hidden else { return [] }
        let said = hidden.isOutside ? "down, says" : "marked down by"
        let until = hidden.until.map { " until \(TimeText.text(for: $0, in: zone))" } ?? ""
        return [line("  also: ", "\(said) \(hidden.who)\(until): \(hidden.why)")]
    }

    private func lines(of rest: ProviderRest, in zone: TimeZone) -> [String] {
        let (since, until) = (
            TimeText.text(for: rest.since, in: zone), TimeText.text(for: rest.until, in: zone)
        )
        return [
            line("\(facts.name): ", "resting since \(since), until \(until)"), line("  why: ", rest.reason),
            line("  lift: ", rest.remedy(for: facts.name)),
        ]
    }

    /// That a person has overruled outside word.
    private func use(in zone: TimeZone) -> [String] {
        guard let overruling, mark == nil else { return [] }
        let until = overruling.until.map { " until \(TimeText.text(for: $0, in: zone))" } ?? ""
        let why = overruling.why.isEmpty ? "" : ": \(overruling.why)"
        return [
            line("\(facts.name): ", "used\(until) whatever outside word says, said \(overruling.who)\(why)"),
            line("  undo: ", "tocsin channels up \(overruling.operand) --heed"),
        ]
    }

    private func lastFaults(at now: Date, in zone: TimeZone) -> [String] {
        let lately = faults.filter { now.timeIntervalSince($0.last) < Self.recent }
        if lately.isEmpty { return [] }
        return ["\(facts.name): last faults"]
            + lately.map {
                line(
                    "  \($0.count) × ",
                    "\($0.code), last at \(TimeText.text(for: $0.last, in: zone)): \($0.detail)")
            }
    }
}

extension ProviderRest {
    /// What a person can do about it, in half a line.
    func remedy(for channel: ChannelName) -> String {
        origin == .perDay
            ? "raise perDay of \(channel) in channels.json if its provider takes more"
            : "tocsin channels up \(channel) --now ends the rest"
    }
}
