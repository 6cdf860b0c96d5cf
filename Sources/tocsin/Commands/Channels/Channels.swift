import Broadcast
import Configuration
import Dispatching
import Foundation
import Storage

extension Commands {
    /// The commands on channels, in the order `--help` lists them.
    static let channels: [CommandSpec] = [channelsList, channelsDown, channelsUp, channelsProbe]

    /// Shows every channel.
    static let channelsList = CommandSpec(
        path: ["channels", "list"],
        summary: "Show every channel: state, since, until, why, last faults, what waits",
        details: [
            "marked: a person, or a status page, says it is down. tripped: our own deliveries failed; it is tried again by itself. "
                + "probing: one delivery is out to see whether it works again. "
                + "resting: nothing is wrong, but its provider asked us to wait (Retry-After)."
        ], isUsual: true
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        let configured = try session.described()
        let store = try session.storeIfMade(configured)
        let board = try await session.translating { () async throws(StoreError) in
            try await ChannelBoard(configured, store, at: session.clock)
        }
        if session.output.isJSON {
            session.output.result(json: board)
        } else {
            session.output.result(board.text(in: session.zone))
        }
        return .success
    }
}

extension Session {
    /// The store for looking only; nil when there is none yet, which says nothing bad of a channel.
    fileprivate func storeIfMade(_ configured: Configured) throws(CommandFailure) -> Store? {
        guard FileManager.default.fileExists(atPath: try storeFile(configured)) else { return nil }
        return try storeForReading(configured)
    }
}
