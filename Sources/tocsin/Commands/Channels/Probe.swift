import Broadcast
import Channels
import Configuration
import Curl
import Wire

/// What came of greeting one channel.
struct Probe: Encodable, Sendable {
    /// How it ended.
    enum Result: String, Encodable, Sendable {
        case well, failed
        /// There is no way to ask without sending.
        case notAsked = "not-asked"
    }

    let channel: ChannelName
    let result: Result
    /// What it answered, or what is wrong; without secrets.
    let why: String

    private enum CodingKeys: String, CodingKey { case result, why }

    /// Greets all of `channels` at once.
    static func conduct(
        _ channels: [ConfiguredChannel], _ output: Output
    ) async throws(CommandFailure) -> [Probe] {
        let transport: CurlTransport
        do throws(TransportFailure) {
            transport = try CurlTransport(version: Tocsin.version)
        } catch {
            throw CommandFailure(.storeFailed, Plain.text(error.detail))
        }
        output.progress("asking \(CountText.text(channels.count, "channel", "channels"))")
        let probes = await withTaskGroup(of: (Int, Probe).self) { group in
            for (index, channel) in channels.enumerated() {
                group.addTask { (index, await Probe(channel, over: transport)) }
            }
            var probes: [(Int, Probe)] = []
            for await probe in group { probes.append(probe) }
            return probes.sorted { $0.0 < $1.0 }.map(\.1)
        }
        output.endProgress()
        await transport.shutdown()
        return probes
    }

    /// Of those that could be asked: 0 when all answered well, 69 when every one failed, else 1.
    static func exit(of probes: [Probe]) -> ExitCode {
        let asked = probes.filter { $0.result != .notAsked }
        guard asked.contains(where: { $0.result == .failed }) else { return .success }
        return asked.allSatisfy { $0.result == .failed } ? .allDown : .someMissed
    }

    /// One channel, at most 80 columns wide.
    var text: String {
        let words =
            switch result {
            case .well: "well"
            case .failed: "failed"
            case .notAsked: "not asked"
            }
        let name = channel.rawValue
        let head = name + String(repeating: " ", count: max(0, 12 - name.count)) + "  "
        return Paragraph.hanging(head, "\(words): \(why)")
    }

    private init(_ configured: ConfiguredChannel, over transport: CurlTransport) async {
        let channel = configured.channel
        let reply: WireReply
        if let missing = configured.facts.missing {
            self.init(configured, .failed, "\(configured.facts.lack): \(missing)")
            return
        } else if channel.route.mailServer != nil {
            reply = await transport.greet(channel.route)
        } else if let probe = channel.probe {
            reply = await transport.exchange(.http(probe.request), over: channel.route)
        } else {
            self.init(configured, .notAsked, "nothing can be asked without sending; give it a \"health\" URL")
            return
        }
        let (isWell, answer) = Self.answer(reply, from: channel)
        if isWell {
            self.init(configured, .well, answer)
        } else if let demand = Self.demand(reply, channel) {
            self.init(
                configured, .failed, "works, but demands a login, mails will be refused: \(demand)",
                advice: "give \"username\" and \"password\" of channels.\(configured.facts.name)")
        } else {
            let fault = Self.fault(channel.verdict(on: reply))
            let why = fault.map { "\($0.code.rawValue): \($0.detail)" }
            let facts = configured.facts
            let advice = fault?.code.advice(for: facts.name.rawValue, kind: facts.kind)
            self.init(configured, .failed, why ?? answer, advice: advice)
        }
    }

    /// However much the other side says, what to mend stands behind it.
    private init(_ configured: ConfiguredChannel, _ result: Result, _ why: String, advice: String? = nil) {
        channel = configured.facts.name
        self.result = result
        self.why = Plain.text(why, limit: 300) + (advice.map { "; \($0)" } ?? "")
    }

    /// Whether it is well, and what it says.
    private static func answer(
        _ reply: WireReply, from channel: any Channel
    ) -> (isWell: Bool, text: String) {
        switch reply {
        case .http(let reply):
            let reading = channel.probe?.reading(of: reply, channel.route.redactor) ?? OutsideReading(nil)
            return (reading.word == .well, reading.why + reading.trouble)
        case .mail(let reply): return ((200...299).contains(reply.code), "\(reply.code) \(reply.text)")
        case .failure: return (false, "")
        }
    }

    /// What a mail server says that was given no login and demands one; nil when that is not so.
    ///
    /// The same code asks for TLS too: https://www.rfc-editor.org/rfc/rfc3207 section 4 (2026-11).
    private static func demand(_ reply: WireReply, _ channel: any Channel) -> String? {
        guard case .mail(let reply) = reply, reply.code == 530,
            channel.route.mailServer?.credentials == nil,
            !reply.text.uppercased().contains("STARTTLS")
        else { return nil }
        return "\(reply.code) \(reply.text)"
    }

    /// What the channel's own rules find wrong with it; nil for nothing.
    private static func fault(_ verdict: Verdict) -> Fault? {
        switch verdict {
        case .refused(let fault), .deferred(let fault, _), .unknown(let fault): fault
        case .accepted, .moved: nil
        }
    }
}
