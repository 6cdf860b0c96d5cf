import Broadcast
import Channels
import Configuration
import Curl
import Wire

extension Commands {
    /// Asks channels whether they are there.
    static let channelsProbe = CommandSpec(
        path: ["channels", "probe"], summary: "Greet channels without sending anything",
        operands: [.init(name: "NAME", help: "the channel (default: all)", count: .any)],
        details: [
            "Mail servers are greeted, logged in to and asked whether they take mail from us, Telegram is asked who the "
                + "bot is, everything else is asked at its \"health\" URL.",
            "Exit codes: 0 all that could be asked answered well, 1 some did not, 69 every one failed.",
        ]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        let configured = try session.configured()
        let channels = try chosen(invocation.operands, of: configured)
        let probes = try await Probe.conduct(channels, session.output)
        if session.output.isJSON {
            let named = probes.map { ($0.channel.rawValue, $0) }
            session.output.result(json: ["channels": Dictionary(named) { first, _ in first }])
        } else {
            session.output.result(probes.map(\.text).joined(separator: "\n"))
        }
        return Probe.exit(of: probes)
    }

    private static func chosen(
        _ names: [String], of configured: Configured
    ) throws(CommandFailure) -> [ConfiguredChannel] {
        let known = configured.inOrder
        for name in names where !known.contains(where: { $0.facts.name.rawValue == name }) {
            let texts = known.map(\.facts.name.rawValue)
            let hint = NearestName.of(name, in: texts).map { "; did you mean \($0)?" } ?? ""
            throw CommandFailure(
                .usage,
                "there is no channel \(Excerpt.of(name)); there are \(texts.joined(separator: ", "))\(hint)")
        }
        return names.isEmpty ? known : known.filter { names.contains($0.facts.name.rawValue) }
    }
}
