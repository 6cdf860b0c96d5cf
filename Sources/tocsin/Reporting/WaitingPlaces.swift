import Broadcast
import Configuration
import Dispatching
import Foundation
import Storage

/// Where what waits of one announcement does: on its channels, and on those that are configured no more.
struct WaitingPlaces {
    let channels: [ChannelStanding]
    let gone: [GoneChannel]
    private let id: Announcement.ID
    private let now: Date

    init(
        of id: Announcement.ID, in store: Store, _ configured: Configured, by clock: Clockwork
    ) async throws(StoreError) {
        (self.id, now) = (id, clock.now().wall)
        channels = try await ChannelStanding.all(of: id, in: store, configured, by: clock)
            .filter { $0.waiting > 0 }
        gone = GoneChannel.all(in: try await store.backlog(of: id), configured)
    }

    /// What holds it, a line for each channel that is not up, with what a person can do about it, or not before its time.
    func causes(in zone: TimeZone) -> [String] {
        channels.compactMap { channel in
            let next = channel.nextAt.flatMap { $0 > now ? $0 : nil }
            let time = next.map { "the next at \(TimeText.text(for: $0, in: zone))" }
            return (channel.cause(in: zone) ?? time).map { cause in
                let lift = channel.mark.map { "; \($0.remedy)" } ?? ""
                return Plain.text(
                    "\(channel.waiting) on \(channel.facts.name), \(cause)\(lift)", limit: 500)
            }
        }
            + gone.map {
                "\($0.waiting) on \($0.name), not configured any more: put it back, or "
                    + "\(Paragraph.command("tocsin cancel \(id)")) ends them"
            }
    }

    /// What waits for a secret that this process has not got, and that nobody has agreed to do without; a line each.
    ///
    /// Those who may be led elsewhere under reach `first` are led by a mark only: somebody else may have the secret.
    func secrets(_ reach: Reach) -> [String] {
        channels.filter(\.isLacking).map { channel in
            let name = channel.facts.name
            let mark = Paragraph.command("tocsin channels down \(name) --why 'no secret'")
            let way = reach == .first ? ", or let them go on over other channels: \(mark)" : ""
            return "SECRET MISSING: \(CountText.deliveries(channel.waiting)) of \(id) "
                + "\(channel.waiting == 1 ? "waits" : "wait") on \(name), and nothing leaves there from here. "
                + Plain.text("Set it (\(channel.facts.missing ?? ""))", limit: 300)
                + "\(way); the rest goes on meanwhile"
        }
    }
}
