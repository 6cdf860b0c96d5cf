import Broadcast
import Configuration
import Dispatching
import Storage

extension Foreground {
    /// Says what this process leaves behind because others know its channels better, when nobody else sends it.
    func sayWhatIsBeyond(besides ids: [Announcement.ID]) async throws(CommandFailure) {
        let (store, clock, facts) = (store, session.clock, configured.channels.map(\.facts))
        let lines = try await session.translating { () async throws(StoreError) -> [String] in
            guard try await store.leaseOwner(at: clock.bootTime) == nil else { return [] }
            var lines: [String] = []
            for id in try await store.running() where !ids.contains(id) {
                let accepted = try await store.settingsSince(of: id)
                if accepted.isEmpty { continue }
                let chosen = try await store.announcement(id).channels
                let beyond = facts.beyond(among: accepted, chosen: chosen)
                let backlog = try await store.backlog(of: id).filter { beyond.contains($0.key) }
                for (channel, waiting) in backlog.sorted(by: { $0.key < $1.key }) where waiting.queued > 0 {
                    let lack = facts.first { $0.name == channel }.flatMap { facts in
                        facts.missing.map { ", \(facts.lack): \($0)" }
                    }
                    lines.append(
                        "\(CountText.deliveries(waiting.queued)) of \(id) left on \(channel)"
                            + (lack ?? ", which was configured anew meanwhile")
                            + "; \(Paragraph.command("tocsin resume \(id)")) sends them")
                }
            }
            return lines
        }
        for line in lines { session.output.say(line) }
    }
}
