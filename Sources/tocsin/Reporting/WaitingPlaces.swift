import Broadcast
import Configuration
import Dispatching
import Foundation
import Storage

/// Where what waits of one announcement does: on its channels, and on those that are configured no more.
struct WaitingPlaces {
    let channels: [ChannelStanding]
    let gone: [GoneChannel]
    /// Channels on which it is held until a person has looked.
    private let held: [(channel: ChannelName, waiting: Int, why: String)]
    private let id: Announcement.ID
    private let now: Date
    /// Another process that sends now; nil when none does.
    private let sender: String?
    /// The channels over which that one cannot send it either.
    private let senderLacks: Set<ChannelName>

    init(
        of id: Announcement.ID, in store: Store, _ configured: Configured, for session: Session
    ) async throws(StoreError) {
        let clock = session.clock
        (self.id, now) = (id, clock.now().wall)
        channels = try await ChannelStanding.all(of: id, in: store, configured, by: clock)
            .filter { $0.waiting > 0 }
        gone = GoneChannel.all(in: try await store.backlog(of: id), configured)
        held = try await store.progress(id).held
        let owner = try await store.leaseOwner(at: clock.bootTime)
        sender = owner == session.owner ? nil : owner
        senderLacks = Set(
            try await store.lacks(at: clock.bootTime).filter { $0.announcement ?? id == id }.map(\.channel))
    }

    /// Who sends over a channel whose secret is missing here only; nil when it is not missing or nobody has it.
    private func other(over channel: ChannelStanding) -> String? {
        channel.isLacking && !senderLacks.contains(channel.facts.name) ? sender : nil
    }

    private func lack(of channel: ChannelStanding) -> String {
        "the secret is \(channel.facts.hasFlawedSecret ? "unusable" : "missing")"
    }

    /// What holds it, a line for each channel that is not up, with what a person can do about it, or not before its time.
    func causes(in zone: TimeZone) -> [String] {
        channels.compactMap { channel in
            let next = channel.nextAt.flatMap { $0 > now ? $0 : nil }
            let time = next.map { "the next at \(TimeText.text(for: $0, in: zone))" }
            let name = channel.facts.name
            if let other = other(over: channel) {
                return "\(channel.waiting) on \(name), \(other) sends them: \(lack(of: channel)) only here"
            }
            return (channel.cause(in: zone) ?? time).map { cause in
                let lift = channel.mark.map { "; \($0.remedy)" } ?? ""
                return Plain.text(
                    "\(channel.waiting) on \(name), \(cause)\(lift)", limit: 500)
            }
        }
            + held.map {
                Plain.text(
                    "\($0.waiting) on \($0.channel), held: \($0.why); tocsin resume \(id) goes on", limit: 500
                )
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
            if let other = other(over: channel) {
                return Plain.text(
                    "\(name): \(other) sends what waits; \(lack(of: channel)) only here "
                        + "(\(channel.facts.missing ?? "")), and needed here only if that one ends",
                    limit: 500)
            }
            let mark = Paragraph.command("tocsin channels down \(name) --why 'no secret'")
            let way = reach == .first ? ", or let them go on over other channels: \(mark)" : ""
            return "\(channel.facts.lack.uppercased()): \(CountText.deliveries(channel.waiting)) of \(id) "
                + "\(channel.waiting == 1 ? "waits" : "wait") on \(name), and nothing leaves there from here. "
                + Plain.text(
                    "\(channel.facts.hasFlawedSecret ? "Mend it" : "Set it") (\(channel.facts.missing ?? ""))",
                    limit: 300)
                + "\(way); the rest goes on meanwhile"
        }
    }
}
