import Broadcast
import Configuration
import Curl
import Dispatching
import Storage
import Wire

extension Session {
    /// How long a command waits for all status pages together.
    private static let patience = Duration.seconds(5)

    /// What status pages say of the configured companies; those whose word is old (or all, when that `isDemanded`) are
    /// asked first.
    ///
    /// Nothing that fails stands in the way: what cannot be asked says nothing.
    func outsideWords(
        _ configured: Configured, _ store: Store, isDemanded: Bool = false
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
        let words = await listening.refreshed(atMost: Self.patience, isDemanded: isDemanded)
        output.endProgress()
        await transport.shutdown()
        return words
    }
}
