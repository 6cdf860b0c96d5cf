import Broadcast
import Configuration
import Foundation
import Storage

/// A channel that is configured no more, and what still waits on it: nothing of that leaves until it is put back.
struct GoneChannel: Encodable {
    let name: ChannelName
    /// How many deliveries wait for it.
    let waiting: Int
    /// When the first of them was to leave.
    let nextAt: Date?

    /// Those of `backlog`, by name.
    static func all(in backlog: [ChannelName: Backlog], _ configured: Configured) -> [GoneChannel] {
        let known = Set(configured.channels.map(\.facts.name))
        return backlog.filter { !known.contains($0.key) && $0.value.queued > 0 }
            .map { GoneChannel(name: $0.key, waiting: $0.value.queued, nextAt: $0.value.nextAt) }
            .sorted { $0.name.rawValue < $1.name.rawValue }
    }

    private enum Key: String, CodingKey { case waiting, nextAt }

    /// Writes the stable keys of `channels --json`.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(waiting, forKey: .waiting)
        try container.encode(nextAt, forKey: .nextAt)
    }
}
