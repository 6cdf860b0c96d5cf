import Broadcast
import Channels
import Configuration
import Curl
import Dispatching
import Storage
import Wire

extension Session {
    /// How long a command waits for all status pages together.
    private static let patience = Duration.seconds(5)

    /// How long an urgent announcement waits for them.
    private static let urgentPatience = Duration.seconds(1)

    /// What status pages say of the configured companies; asked anew are those on which `announcement` hangs.
    func outsideWords(
        of announcement: Announcement, _ configured: Configured, _ store: Store
    ) async -> [OutsideWord] {
        let isUrgent = announcement.priority == .urgent
        let chosen = configured.channels.map(\.facts).filter {
            announcement.channels?.contains($0.name) ?? true
        }
        for source in configured.outside
        where !source.missing.isEmpty && chosen.contains(where: source.covers) {
            output.say(Plain.text("warning: \(source.company): \(source.lack)", limit: 500))
        }
        let dispatcher = isUrgent ? (try? await store.leaseOwner(at: clock.bootTime)) : nil
        return await outsideWords(
            configured, store, .due(chosen, isServed: dispatcher != nil),
            atMost: isUrgent ? Self.urgentPatience : Self.patience)
    }

    /// What status pages have said of the configured companies, as far as the store knows; none is asked.
    func knownOutsideWords(_ configured: Configured, _ store: Store) async -> [OutsideWord] {
        // What cannot be read holds nothing back.
        configured.outside.heeded((try? await store.outsideWords()) ?? [])
    }

    /// What status pages say of the configured companies; those of the `choice` are asked first.
    ///
    /// Nothing that fails stands in the way: what cannot be asked says nothing.
    func outsideWords(
        _ configured: Configured, _ store: Store, _ choice: Listening.Choice,
        atMost patience: Duration = patience
    ) async -> [OutsideWord] {
        if configured.outside.isEmpty { return [] }
        let transport: CurlTransport
        do throws(TransportFailure) {
            transport = try CurlTransport(version: Tocsin.version)
        } catch {
            output.say(Plain.text("status pages cannot be asked: \(error.detail)"))
            return []
        }
        output.progress("asking status pages")
        let listening = Listening(configured.outside, store: store, transport: transport, clock: clock)
        let words = await listening.refreshed(choice, atMost: patience)
        output.endProgress()
        await transport.shutdown()
        return words
    }
}
