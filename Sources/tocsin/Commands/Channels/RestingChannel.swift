import Broadcast
import Foundation
import Storage

/// A channel that rests because its provider asked for that.
struct RestingChannel: Encodable {
    let name: ChannelName
    let rest: ProviderRest

    /// Those of `channels` that rest, as `notes` of this moment say.
    static func all(in channels: [ChannelFacts], _ notes: [HealthNote]) -> [RestingChannel] {
        channels.compactMap { facts in
            notes.first { $0.channel == facts.name.rawValue }?.rest.flatMap { rest in
                rest.concerns(facts) ? RestingChannel(name: facts.name, rest: rest) : nil
            }
        }
    }

    private enum Key: String, CodingKey { case name, since, until, why }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name.rawValue, forKey: .name)
        try container.encode(rest.since, forKey: .since)
        try container.encode(rest.until, forKey: .until)
        try container.encode(rest.why, forKey: .why)
    }

    /// Whether a person can end the rest: what a daily limit needs ends with that limit.
    var canEnd: Bool { rest.origin != .perDay }

    /// That it goes on resting, or, when that `ends`, that it does not.
    func line(_ ends: Bool, in zone: TimeZone) -> String {
        let until = TimeText.text(for: rest.until, in: zone)
        return Plain.text(
            ends && canEnd
                ? "\(name) rests no longer; it would have until \(until): \(rest.reason)"
                : "\(name) rests until \(until): \(rest.reason); \(rest.remedy(for: name))", limit: 500)
    }
}
