import Broadcast
import Foundation
import Testing

/// Channels whose secret is missing, before anything is planned.
struct SecretRailTests {
    private static let lacking: ChannelFacts = {
        var facts = ChannelFacts.sms
        facts.missing = "export SMS_TOKEN"
        return facts
    }()
    private static let asking = SendRails(isTerminal: true)
    private static let alone = SendRails(saysYes: true, isTerminal: true)
    private static let piped = SendRails(isTerminal: false)
    private static let naming = SendRails(isTerminal: true, namesChannels: true)
    private static let waiting = SendRails(isTerminal: false, waitsForMarked: true)

    /// Who sends, over what, what is marked down, and the end of what is refused; nil when nothing is.
    private static let secrets: [(SendRails, [ChannelFacts], marked: [String], way: String?)] = [
        (asking, [.email, lacking], [], nil), (alone, [.email], [], nil),
        (alone, [.email, lacking], [], "set it, or go on without: --channels email"),
        (piped, [.email, lacking], [], "set it, or go on without: --channels email"),
        (naming, [.email, lacking], [], "set it, or go on without: --channels email"),
        (asking, [lacking], [], "set it"), (asking, [.status, lacking], ["status"], nil),
        (piped, [.status, .email, lacking], ["status"], "set it, or go on without: --channels email"),
        (piped, [.status, lacking], ["status"], "set it"),
        (waiting, [.status, lacking], ["status"], "set it, or go on without: --channels status"),
        (piped, [.email, lacking], ["sms"], nil),
        (naming, [.email, lacking], ["sms"], nil), (piped, [lacking], ["sms"], nil),
    ]

    @Test(arguments: secrets)
    func `a channel without its secret is left out only by somebody who knows of it`(
        rails: SendRails, chosen: [ChannelFacts], marked: [String], way: String?
    ) {
        let marks = marked.map { Mark(.channel, $0, why: "x", who: "anna", since: .noon, until: nil) }
        let refusal = rails.refusal(over: chosen, Markings(said: marks, at: .noon), isForAll: true)
        #expect(refusal?.message == way.map { "secret missing on sms (export SMS_TOKEN): \($0)" })
        #expect(refusal?.exit ?? 78 == 78)
    }

    @Test(arguments: [
        ([ChannelFacts.status], "--to all --channels status"),
        ([.email, .status], "--channels email,status"),
    ])
    func `public places alone are no way for some people`(others: [ChannelFacts], words: String) {
        let told = Self.piped.refusal(over: others + [Self.lacking], Markings(at: .noon), isForAll: false)
        #expect(told?.message.hasSuffix("or go on without: \(words)") == true, "\(told?.message ?? "")")
    }

    @Test func `one of ill form is not looked for`() {
        var flawed = ChannelFacts.email
        (flawed.missing, flawed.hasFlawedSecret) = ("the environment variable KEY holds a line break", true)
        let told = "secret unusable on email (the environment variable KEY holds a line break): mend it"
        let markings = Markings(at: .noon)
        #expect(Self.piped.refusal(over: [flawed], markings, isForAll: true)?.message == told)
        #expect(markings.mark(on: flawed)?.why.hasPrefix("secret unusable: the environment") == true)
        #expect(
            Self.piped.refusal(over: [flawed, Self.lacking], markings, isForAll: true)?.message
                == "secret missing on sms (export SMS_TOKEN): set it; \(told)")
    }

    @Test func `without a secret even one delivery is asked about`() {
        var lacking = ChannelPlan(Self.lacking, skipped: [.channelDown: 1])
        let plan = {
            PlanSummary(
                of: .sample(),
                digest: PreviewDigest(of: .sample(), over: []),
                people: 1, reachable: 1, channels: [ChannelPlan(.email, queued: 1), lacking])
        }
        #expect(Self.asking.decision(on: plan()) == .proceed)
        lacking.isLacking = true
        #expect(Self.asking.decision(on: plan()) == .askYes)
    }
}
