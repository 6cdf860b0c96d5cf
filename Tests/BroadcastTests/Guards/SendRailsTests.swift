import Broadcast
import Foundation
import Testing

@Suite struct SendRailsTests {
    private static let digest = PreviewDigest(of: .sample(), over: [])
    private static let mark = Mark(.channel, "email", why: "works", who: "anna", since: .noon, until: nil)

    private static func plan(
        _ announcement: Announcement = .sample(), people: Int = 1000,
        channels: [ChannelPlan] = [ChannelPlan(.email, queued: 1000)]
    ) -> PlanSummary {
        PlanSummary(of: announcement, digest: digest, people: people, reachable: people, channels: channels)
    }

    private static func codes(_ decision: SendRails.Decision) -> [Refusal.Code] {
        if case .refuse(let refusals) = decision { refusals.map(\.code) } else { [] }
    }

    private static func euro(_ amount: Int) -> Money { Money(Decimal(amount), "EUR") }

    private static let asked: [(people: Int, queued: Int, rails: SendRails, decision: SendRails.Decision)] = [
        (1, 1, SendRails(isTerminal: false), .proceed), (1, 1, SendRails(isTerminal: true), .proceed),
        (2, 1, SendRails(isTerminal: true), .askYes), (900, 1, SendRails(isTerminal: true), .askNumber(900)),
        (2, 2, SendRails(isTerminal: true), .askYes),
        (1, 2, SendRails(isTerminal: true), .askYes), (100, 100, SendRails(isTerminal: true), .askYes),
        (101, 101, SendRails(isTerminal: true), .askNumber(101)),
        (101, 101, SendRails(saysYes: true, isTerminal: true), .proceed),
        (40_000, 40_000, SendRails(saysYes: true, isTerminal: false), .proceed),
    ]

    @Test(arguments: asked)
    func `before more than one person is told, somebody has said yes`(
        people: Int, queued: Int, rails: SendRails, decision: SendRails.Decision
    ) {
        let plan = Self.plan(people: people, channels: [ChannelPlan(.email, queued: queued)])
        #expect(rails.decision(on: plan) == decision)
    }

    @Test func `before anything becomes public, somebody has said yes`() {
        let place = ChannelPlan(.status, queued: 1)
        for (people, channels) in [
            (0, [place]), (900, [place]), (1, [place, ChannelPlan(.email)]),
            (1, [place, ChannelPlan(.email, queued: 1)]),
        ] {
            let plan = Self.plan(people: people, channels: channels)
            #expect(SendRails(isTerminal: true).decision(on: plan) == .askYes)
            #expect(Self.codes(SendRails(isTerminal: false).decision(on: plan)) == [.needsYes])
            #expect(SendRails(saysYes: true, isTerminal: false).decision(on: plan) == .proceed)
        }
    }

    private static let voices: [(queued: Int, unmade: [ChannelPlan.Unmade: Int], codes: [Refusal.Code])] = [
        (0, [.tooLong: 3, .empty: 1], [.messageUnmade]), (1, [.tooLong: 3], []), (0, [:], []), (4, [:], []),
    ]

    @Test(arguments: voices)
    func `a channel for whose every reader no message can be made is refused`(
        queued: Int, unmade: [ChannelPlan.Unmade: Int], codes: [Refusal.Code]
    ) {
        let plan = Self.plan(channels: [
            ChannelPlan(.email, queued: 5), ChannelPlan(.sms, queued: queued, unmade: unmade),
        ])
        let decision = SendRails(saysYes: true, isTerminal: false).decision(on: plan)
        #expect(Self.codes(decision) == codes)
        guard case .refuse(let refusals) = decision else { return }
        #expect(
            refusals[0].exit == 65 && refusals[0].message.contains("for sms (1 empty, 3 message-too-large)"))
    }

    @Test func `a pipe without a yes is refused as usage`() {
        let decision = SendRails(isTerminal: false).decision(on: Self.plan(people: 2))
        guard case .refuse(let refusals) = decision else {
            Issue.record("\(decision)")
            return
        }
        #expect(refusals.map(\.code) == [.needsYes])
        #expect(refusals.map(\.exit) == [64])
        #expect(refusals[0].message.contains("--yes"))
    }

    @Test(arguments: [
        (1000, 1000, true), (1000, 1050, true), (1000, 950, true), (1000, 1051, false), (1000, 949, false),
        (10, 11, false), (0, 1, false), (1000, Int.max, false), (-5, 5, false),
    ])
    func `the number of people holds within five per cent`(expected: Int, found: Int, isFine: Bool) {
        let rails = SendRails(saysYes: true, isTerminal: false, people: expected)
        let codes = Self.codes(rails.decision(on: Self.plan(people: found)))
        #expect(codes == (isFine ? [] : [.otherPeople]))
    }

    private static let bounds: [(bound: Money, segments: Int?, codes: [Refusal.Code])] = [
        (euro(50), nil, []), (euro(49), nil, [.tooExpensive]), (euro(50), 2000, [.tooExpensive]),
        (euro(100), 2000, []), (Money(1000, "USD"), nil, [.tooExpensive]),
    ]

    @Test(arguments: bounds)
    func `the cost stays within its bound`(bound: Money, segments: Int?, codes: [Refusal.Code]) {
        let rails = SendRails(saysYes: true, isTerminal: false, maxCost: bound)
        let plan = Self.plan(channels: [
            ChannelPlan(.email, queued: 1000), ChannelPlan(.sms, queued: 1000, segments: segments),
        ])
        #expect(Self.codes(rails.decision(on: plan)) == codes)
    }

    private static let failovers: [(Priority, Reach, Money?, [ChannelFacts], [Refusal.Code])] = [
        (.bulk, .first, nil, [.email, .sms], [.costUnbounded]), (.bulk, .first, euro(5), [.email, .sms], []),
        (.normal, .first, nil, [.email, .sms], []), (.bulk, .every, nil, [.email, .sms], []),
        (.bulk, .first, nil, [.email], []), (.bulk, .first, nil, [.sms], []),
        (.bulk, .first, nil, [.status, .sms], []),
    ]

    @Test(arguments: failovers)
    func `bulk never fails over from a free channel to a priced one without a bound`(
        priority: Priority, reach: Reach, bound: Money?, facts: [ChannelFacts], codes: [Refusal.Code]
    ) {
        let rails = SendRails(saysYes: true, isTerminal: false, maxCost: bound)
        let plan = Self.plan(
            .sample(priority: priority, reach: reach), channels: facts.map { ChannelPlan($0, queued: 9) })
        #expect(Self.codes(rails.decision(on: plan)) == codes)
    }

    private static let purposes: [(Purpose, Priority, queued: Int, hasWayOut: Bool, [Refusal.Code])] = [
        (.service, .urgent, 9, false, []), (.marketing, .bulk, 9, true, []),
        (.marketing, .urgent, 9, true, [.marketingUrgent]), (.marketing, .bulk, 9, false, [.noWayOut]),
        (.marketing, .bulk, 0, false, [.nobodyReachable]),
        (.marketing, .urgent, 9, false, [.marketingUrgent, .noWayOut]),
    ]

    @Test(arguments: purposes)
    func `marketing is never urgent, and says how to unsubscribe`(
        purpose: Purpose, priority: Priority, queued: Int, hasWayOut: Bool, codes: [Refusal.Code]
    ) {
        let plan = Self.plan(
            .sample(purpose: purpose, priority: priority),
            channels: [ChannelPlan(.email, queued: queued, hasWayOut: hasWayOut)])
        #expect(Self.codes(SendRails(saysYes: true, isTerminal: false).decision(on: plan)) == codes)
    }

    @Test func `words on how to unsubscribe that the cut takes away are named as that`() {
        var cut = ChannelPlan(.sms, queued: 2)
        cut.cutWaysOut = 1
        let announcement = Announcement.sample(purpose: .marketing)
        let rails = SendRails(saysYes: true, isTerminal: false)
        let decision = rails.decision(
            on: Self.plan(announcement, channels: [ChannelPlan(.email, queued: 2), cut]))
        #expect(Self.codes(decision) == [.noWayOut])
        guard case .refuse(let refusals) = decision else { return }
        #expect(
            refusals.first?.message
                == "outage is marketing, and the cut takes away how to unsubscribe from 1 of 2 on sms: say it at the "
                + "beginning of the text, shorten that, or raise the limit it is cut to (maxSegments, maxCharacters)"
        )
    }

    @Test func `with every channel down nothing is sent, and the exit code says so`() {
        let rails = SendRails(saysYes: true, isTerminal: false)
        let down = [ChannelPlan(.email, mark: Self.mark, skipped: [.channelDown: 9])]
        let decision = rails.decision(on: Self.plan(channels: down))
        #expect(Self.codes(decision) == [.everyChannelDown])
        if case .refuse(let refusals) = decision { #expect(refusals.first?.exit == 69) }
        let half = rails.decision(
            on: Self.plan(channels: down + [ChannelPlan(.sms, skipped: [.noAddress: 9])]))
        #expect(Self.codes(half) == [.everyChannelDown])
        let waits = rails.decision(on: Self.plan(channels: [ChannelPlan(.email, mark: Self.mark, queued: 9)]))
        #expect(waits == .proceed)
    }

    private static let remains: [(people: Int, more: [ChannelPlan], codes: [Refusal.Code])] = [
        (9, [ChannelPlan(.status, queued: 1)], [.everyChannelDown]),
        (
            9, [ChannelPlan(.status, queued: 1), ChannelPlan(.sms, skipped: [.noConsent: 9])],
            [.everyChannelDown]
        ),
        (9, [ChannelPlan(.status, queued: 1), ChannelPlan(.sms, queued: 1)], []),
        // Told in public only of what is closed.
        (0, [ChannelPlan(.status, queued: 1)], []),
    ]

    @Test(arguments: remains)
    func `a public place does not stand for people whose channels are down`(
        people: Int, more: [ChannelPlan], codes: [Refusal.Code]
    ) {
        let down = ChannelPlan(.email, mark: Self.mark, skipped: [.channelDown: people])
        var plan = Self.plan(people: people, channels: [down] + more)
        if people == 0 { plan.closing = .init(Announcement.ID(valid: "n1"), waiting: 0) }
        let decision = SendRails(saysYes: true, isTerminal: true).decision(on: plan)
        #expect(Self.codes(decision) == codes)
        guard case .refuse(let refusals) = decision else { return }
        #expect(refusals[0].exit == 69 && refusals[0].message.contains("--wait"), "\(refusals)")
    }

    private static let unreachable: [(channels: [ChannelPlan], code: Refusal.Code, told: String)] = [
        (
            [ChannelPlan(.email, skipped: [.suppressed: 5, .noAddress: 4, .cancelled: 0])], .nobodyReachable,
            "of 9 people nobody can be told (email: 4 no-address, 5 suppressed): see `tocsin contacts show ID`"
        ),
        (
            [
                ChannelPlan(.email, mark: mark, skipped: [.channelDown: 9]),
                ChannelPlan(.sms, skipped: [.noConsent: 9]),
            ], .everyChannelDown,
            "of 9 people nobody can be told (email: 9 channel-down; sms: 9 no-consent): "
                + "see `tocsin contacts show ID`; --wait waits for what is marked down"
        ),
    ]

    @Test(arguments: unreachable)
    func `a plan that tells nobody is refused with every reason`(
        channels: [ChannelPlan], code: Refusal.Code, told: String
    ) {
        var plan = Self.plan(people: 9, channels: channels)
        let rails = SendRails(saysYes: true, isTerminal: false)
        #expect(rails.decision(on: plan) == .refuse([Refusal(code, told)]))
        plan.closing = .init(Announcement.ID(valid: "n1"), waiting: 3)
        let closing = Refusal(code, told + "; `tocsin cancel n1` ends it without a word")
        #expect(rails.decision(on: plan) == .refuse([closing]))
        plan.channels.append(ChannelPlan(.status, queued: 1))
        let isHeldBack = code == .everyChannelDown
        #expect(rails.decision(on: plan) == (isHeldBack ? .refuse([closing]) : .proceed))
    }

    /// What is planned over mail and a public place, and what is refused.
    private static let inPublic: [(mail: ChannelPlan, codes: [Refusal.Code])] = [
        (ChannelPlan(.email, skipped: [.noConsent: 9]), [.nobodyReachable]),
        (ChannelPlan(.email, queued: 1, skipped: [.noConsent: 8]), []),
    ]

    @Test(arguments: inPublic)
    func `a public place does not stand for people whom nobody can tell`(
        mail: ChannelPlan, codes: [Refusal.Code]
    ) {
        let place = ChannelPlan(.status, queued: 1)
        let rails = SendRails(saysYes: true, isTerminal: false)
        var plan = Self.plan(.sample(purpose: .marketing), people: 9, channels: [mail, place])
        let decision = rails.decision(on: plan)
        #expect(Self.codes(decision) == codes)
        if case .refuse(let refusals) = decision {
            #expect(refusals[0].exit == 65)
            #expect(
                refusals[0].message.hasSuffix("; --channels status tells the public alone"), "\(refusals)")
        }
        // Who names public places only has said so.
        plan.channels[0].isChosen = false
        #expect(rails.decision(on: plan) == .proceed)
    }

    @Test func `an audience of nobody names what nobody has`() {
        var plan = Self.plan(people: 0, channels: [ChannelPlan(.email)])
        plan.unmatched = [
            UnmatchedTerm(.tag("premum"), nearest: .tag("premium")), UnmatchedTerm(.tag("x"), nearest: nil),
        ]
        guard case .refuse(let refusals) = SendRails(isTerminal: true).decision(on: plan) else {
            Issue.record("it is not refused")
            return
        }
        #expect(
            refusals.map(\.message) == [
                "the audience selects nobody: nobody has tag:premum; did you mean tag:premium?; nobody has tag:x"
            ])
    }

    @Test func `an audience of nobody is bad data`() {
        let rails = SendRails(saysYes: true, isTerminal: true)
        let plan = Self.plan(people: 0, channels: [ChannelPlan(.email)])
        #expect(Self.codes(rails.decision(on: plan)) == [.nobodySelected])
        let page = ChannelPlan(.status, queued: 1)
        let mixed = Self.plan(people: 0, channels: [ChannelPlan(.email), page])
        #expect(Self.codes(rails.decision(on: mixed)) == [.nobodySelected])
        #expect(rails.decision(on: Self.plan(people: 0, channels: [page])) == .proceed)
    }

    @Test(arguments: [(12, [Refusal.Code]()), (60, []), (5, [.otherContent])])
    func `what was previewed is what is sent`(digits: Int, codes: [Refusal.Code]) {
        let rails = SendRails(
            saysYes: true, isTerminal: false, digest: String(Self.digest.full.prefix(digits)))
        #expect(Self.codes(rails.decision(on: Self.plan())) == codes)
    }

    @Test func `all reasons are told at once, and a yes lifts none of them`() {
        let rails = SendRails(
            saysYes: true, isTerminal: true, people: 5, maxCost: Self.euro(1), digest: "000000000000")
        let plan = Self.plan(
            .sample(purpose: .marketing, priority: .urgent),
            channels: [ChannelPlan(.sms, queued: 1000, hasWayOut: false)])
        #expect(
            Self.codes(rails.decision(on: plan)) == [
                .otherContent, .marketingUrgent, .noWayOut, .otherPeople, .tooExpensive,
            ])
    }

    @Test(arguments: [
        ("101", true), (" 101 ", true), ("0101", true), ("100", false), ("yes", false), ("", false),
        ("101x", false),
        ("1 01", false), ("-101", false), ("１０１", false), ("99999999999999999999", false),
    ])
    func `only the number itself confirms`(typed: String, isConfirmed: Bool) {
        #expect(SendRails.isConfirmed(typed, people: 101) == isConfirmed)
    }

    @Test func `what would leave is counted by people and by places`() {
        let place = ChannelPlan(.sample("status", .public), queued: 1)
        for (channels, told) in [
            ([ChannelPlan(.email, queued: 9), place], "10 deliveries would leave (9 to 5 people, 1 public)"),
            ([ChannelPlan(.email, queued: 9)], "9 deliveries would leave (9 to 5 people)"),
            ([place, place], "2 deliveries would leave (2 public)"),
        ] {
            let decision = SendRails(isTerminal: false).decision(on: Self.plan(people: 5, channels: channels))
            guard case .refuse(let refusals) = decision else {
                Issue.record("\(decision)")
                continue
            }
            #expect(refusals.map(\.code) == [.needsYes] && refusals[0].message.hasPrefix(told))
        }
    }

    @Test func `channels that were not chosen decide nothing`() {
        var down = ChannelPlan(.email)
        down.mark = Self.mark
        var leftOut = ChannelPlan(.sms, skipped: [.channelNotChosen: 3])
        leftOut.isChosen = false
        let rails = SendRails(saysYes: true, isTerminal: false)
        #expect(Self.codes(rails.decision(on: Self.plan(channels: [down, leftOut]))) == [.everyChannelDown])
        leftOut.isChosen = true
        #expect(Self.codes(rails.decision(on: Self.plan(channels: [down, leftOut]))) == [.nobodyReachable])
    }

    @Test func `ids that nobody has are refused unless they are to be left out`() {
        var plan = Self.plan()
        plan.strangers = Strangers((1...6).map { Contact.ID(valid: "c\($0)") })
        let decision = SendRails(saysYes: true, isTerminal: false).decision(on: plan)
        #expect(Self.codes(decision) == [.unknownContacts])
        guard case .refuse(let refusals) = decision else { return }
        #expect(
            refusals[0].exit == 65
                && refusals[0].message.contains("6 ids that no contact has: c1, c2, c3, c4, c5 and 1 more"))
        let skipping = SendRails(saysYes: true, isTerminal: false, skipsUnknown: true)
        #expect(skipping.decision(on: plan) == .proceed)
    }
}
