import Broadcast
import Foundation
import Testing

@Suite struct SettlementTests {
    private static let down = Fault(.channel, .serviceFailed, "503")
    private static let slow = Fault(.channel, .rateLimited, "429")
    private static let gone = Fault(.recipient, .addressUnknown, "550 5.1.1 anna@acme.example")
    private static let big = Fault(.message, .messageTooLarge, "552")
    private static let full = Fault(.recipient, "greylisted", "450")
    private static let lost = Fault(.channel, "connection-lost", "")

    private static func settlement(
        _ facts: ChannelFacts = .email, priority: Priority = .normal, reach: Reach = .every
    ) -> Settlement {
        Settlement(over: facts, terms: .init(priority: priority, reach: reach))
    }

    private static func ending(
        _ verdict: Verdict, of claimed: ClaimedDelivery = .sample(), by settlement: Settlement = settlement()
    ) -> Settlement.Ending {
        settlement.ending(of: claimed, on: verdict, now: .noon, unit: 0.5)
    }

    private static func later(_ seconds: Double) -> Date { Date.noon.addingTimeInterval(seconds) }

    private static let table:
        [(verdict: Verdict, result: Outcome.Result, health: HealthEvent, pause: Duration?)] = [
            (.accepted(id: "q1"), .accepted(providerID: "q1"), .answered, nil),
            (.refused(gone), .refused(gone), .answered, nil),
            (.refused(big), .refused(big), .answered, nil),
            // A channel's fault touches no recipient.
            (.refused(down), .deferred(down, nextAt: later(15)), .failed(down), nil),
            (.deferred(down, after: nil), .deferred(down, nextAt: later(15)), .failed(down), nil),
            // A channel that says for how long is left alone as long; less than a second is no wait.
            (
                .deferred(down, after: .seconds(100)), .deferred(down, nextAt: later(100)), .failed(down),
                .seconds(100)
            ),
            (.deferred(down, after: .zero), .deferred(down, nextAt: later(15)), .failed(down), nil),
            // Beyond its own time it waits with all the others, since the rest may be ended; no rest is for ever.
            (
                .deferred(down, after: .seconds(200_000)), .deferred(down, nextAt: later(86_400)),
                .failed(down), .seconds(200_000)
            ),
            (
                .deferred(down, after: .seconds(Int64.max)), .deferred(down, nextAt: later(86_400)),
                .failed(down), .seconds(604_800)
            ),
            (.deferred(full, after: .seconds(200_000)), .expired(full), .answered, nil),
            // One recipient's wait is nobody else's.
            (.deferred(full, after: .seconds(100)), .deferred(full, nextAt: later(100)), .answered, nil),
            // What cannot pass is not tried again, whatever the channel calls it.
            (.deferred(gone, after: nil), .refused(gone), .answered, nil),
            (.deferred(big, after: .seconds(9)), .refused(big), .answered, nil),
            // "Too fast" rests the whole channel, and does not count.
            (.deferred(slow, after: .seconds(7)), .returned(nextAt: later(7), slow), .silent, .seconds(7)),
            (.deferred(slow, after: nil), .returned(nextAt: later(30), slow), .silent, .seconds(30)),
            (.deferred(slow, after: .zero), .returned(nextAt: later(30), slow), .silent, .seconds(30)),
            (
                .deferred(slow, after: .seconds(Int64.max)), .returned(nextAt: later(86_400), slow), .silent,
                .seconds(604_800)
            ),
            // What we stopped ourselves goes back as if it had not been.
            (
                .deferred(Fault(.channel, .cancelled, ""), after: nil), .returned(nextAt: later(0), nil),
                .silent, nil
            ),
            (.unknown(lost), .unknown(lost, retryAt: later(15)), .failed(lost), nil),
            (
                .unknown(Fault(.channel, .cancelled, "")),
                .unknown(Fault(.channel, .cancelled, ""), retryAt: later(15)), .silent, nil
            ),
        ]

    @Test(arguments: table)
    func `a verdict has one ending`(
        verdict: Verdict, result: Outcome.Result, health: HealthEvent, pause: Duration?
    ) {
        let ending = Self.ending(verdict)
        #expect(ending.outcome.result == result)
        #expect(ending.health == health)
        #expect(ending.pause?.length == pause)
        #expect(ending.outcome.id == 1)
        #expect(!ending.outcome.movesOn)
    }

    private static let waits: [(attempt: Int, seconds: Double)] = [
        (1, 15), (2, 30), (3, 60), (8, 1800), (20, 1800),
    ]

    @Test(arguments: waits)
    func `each attempt waits longer than the one before`(attempt: Int, seconds: Double) {
        let ending = Self.ending(.deferred(Self.down, after: nil), of: .sample(attempt: attempt))
        #expect(ending.outcome.result == .deferred(Self.down, nextAt: Self.later(seconds)))
    }

    private static let lateVerdicts: [(verdict: Verdict, result: Outcome.Result)] = [
        (.deferred(down, after: nil), .expired(down)), (.refused(down), .expired(down)),
        (.deferred(full, after: .seconds(15)), .expired(full)),
        (.unknown(lost), .unknown(lost, retryAt: nil)),
        (.accepted(id: nil), .accepted(providerID: nil)), (.refused(gone), .refused(gone)),
    ]

    @Test(arguments: lateVerdicts)
    func `nothing is tried after expiry, and what may have arrived stays unknown`(
        verdict: Verdict, result: Outcome.Result
    ) {
        let claimed = ClaimedDelivery.sample(expires: Self.later(15))
        #expect(Self.ending(verdict, of: claimed).outcome.result == result)
    }

    @Test func `a channel without a key leaves what it does not know`() {
        let ending = Self.ending(.unknown(Self.lost), by: Self.settlement(.sms))
        #expect(ending.outcome.result == .unknown(Self.lost, retryAt: nil))
    }

    private static let moves: [(verdict: Verdict, movesOn: Bool)] = [
        (.accepted(id: nil), false), (.refused(gone), true), (.refused(big), true),
        (.deferred(gone, after: nil), true),
        (.deferred(down, after: nil), false), (.deferred(full, after: .seconds(100_000)), true),
        (.deferred(slow, after: .seconds(1)), false),
        // Who waits for a rest is led on as all others there are.
        (.deferred(down, after: .seconds(100_000)), false),
        (.deferred(slow, after: .seconds(100_000)), false),
    ]

    @Test(arguments: moves)
    func `reach first moves on when a delivery has failed for good`(verdict: Verdict, movesOn: Bool) {
        #expect(Self.ending(verdict, by: Self.settlement(reach: .first)).outcome.movesOn == movesOn)
        #expect(!Self.ending(verdict, by: Self.settlement(reach: .every)).outcome.movesOn)
        let place = ClaimedDelivery.sample(nil, address: nil)
        #expect(!Self.ending(verdict, of: place, by: Self.settlement(reach: .first)).outcome.movesOn)
    }

    private static let doubtful: [(Verdict, Outcome.Result)] = [
        (.accepted(id: nil), .accepted(providerID: nil)),
        (.refused(big), .unknown(big, retryAt: nil)),
        // Nobody is there who could have got the earlier copy.
        (.refused(gone), .refused(gone)),
        (.deferred(full, after: .seconds(99)), .unknown(full, retryAt: nil)),
        // It waits for its time, or the rest's end; the journal ends it as unknown then.
        (.deferred(down, after: .seconds(99)), .deferred(down, nextAt: later(60))),
        (.deferred(slow, after: .seconds(99)), .returned(nextAt: later(60), slow)),
    ]

    @Test(arguments: doubtful)
    func `a later attempt cannot undo that an earlier one may have arrived`(
        verdict: Verdict, result: Outcome.Result
    ) {
        for after in AfterUnknown.allCases {
            let claimed = ClaimedDelivery.sample(
                expires: Self.later(60), doubts: 1, afterUnknown: after)
            #expect(Self.ending(verdict, of: claimed).outcome.result == result)
            let late = Self.settlement(reach: .first).postponement(of: claimed, now: Self.later(60))
            #expect(late?.movesOn == (after == .next))
            guard case .unknown(let fault, retryAt: nil) = late?.result else {
                Issue.record("\(String(describing: late))")
                continue
            }
            #expect(fault.code == .outcomeUnknown)
        }
    }

    /// The doubts before, the bound of the kind, and whether it is sent again.
    private static let doubts: [(Int, Int?, UnknownPolicy, Bool)] = [
        (0, 2, .retry, true), (1, 2, .retry, true), (2, 2, .retry, false), (9, 2, .retry, false),
        (99, nil, .retry, true), (0, 2, .leave, false), (0, nil, .leave, false),
    ]

    @Test(arguments: doubts)
    func `what may have arrived is sent again no more often than its receivers bear`(
        doubts: Int, most: Int?, policy: UnknownPolicy, isRepeated: Bool
    ) {
        let settlement = Self.settlement(.sample(unknown: policy, mostRepeats: most))
        let ending = Self.ending(.unknown(Self.lost), of: .sample(doubts: doubts), by: settlement)
        #expect(ending.outcome.result == .unknown(Self.lost, retryAt: isRepeated ? Self.later(15) : nil))
    }

    private static let unknowns: [(AfterUnknown, UnknownPolicy, Bool)] = [
        (.next, .leave, true), (.stop, .leave, false), (.next, .retry, false),
    ]

    @Test(arguments: unknowns)
    func `after an outcome never learnt, reach first moves on as told`(
        after: AfterUnknown, policy: UnknownPolicy, movesOn: Bool
    ) {
        let settlement = Self.settlement(.sample(unknown: policy), reach: .first)
        let ending = Self.ending(.unknown(Self.lost), of: .sample(afterUnknown: after), by: settlement)
        #expect(ending.outcome.movesOn == movesOn)
    }

    @Test func `only haste is worth a second message, unless the owner says so`() {
        #expect(Priority.allCases.map(AfterUnknown.standard) == [.next, .stop, .stop])
    }

    @Test func `a place that moved is tried there, unless it leads nowhere`() throws {
        let old = try #require(Address(.telegram, canonical: "-4711"))
        let new = try #require(Address(.telegram, canonical: "-1004711"))
        let mail = try #require(Address(.email, canonical: "anna@acme.example"))
        let result = { (target: Address, address: Address?, attempt: Int) in
            Self.ending(.moved(to: target), of: .sample(address: address, attempt: attempt)).outcome.result
        }
        #expect(result(new, old, 1) == .moved(to: new))
        #expect(result(new, old, 10) == .moved(to: new))
        for circle in [result(new, old, 11), result(old, old, 1), result(mail, old, 1), result(new, nil, 1)] {
            guard case .refused(let fault) = circle else {
                Issue.record("\(circle) is no refusal")
                continue
            }
            #expect(fault.scope == .recipient)
        }
    }

    private static let blames: [(fault: Fault, order: Outcome.Suppress?)] = [
        (gone, .init(.all, .bounce, source: "email address-unknown")),
        (
            Fault(.recipient, .blockedByRecipient, ""),
            .init(.all, .optOut, source: "email blocked-by-recipient")
        ),
        (Fault(.recipient, .addressUnsuitable, ""), nil), (Fault(.message, .mailboxFull, "552"), nil),
        (big, nil),
        (Fault(.message, .policyRefused, ""), nil), (Fault(.channel, .addressUnknown, ""), nil), (down, nil),
    ]

    @Test(arguments: blames)
    func `only an address that is no good is suppressed, and the order holds no address`(
        fault: Fault, order: Outcome.Suppress?
    ) {
        #expect(Self.ending(.refused(fault)).outcome.suppress == order)
        let place = ClaimedDelivery.sample(nil, address: nil)
        #expect(Self.ending(.refused(fault), of: place).outcome.suppress == nil)
    }

    @Test func `what makes no request is refused without a word on the channel`() {
        let fault = Fault(.message, .valueMissing, "contact.plan is empty")
        let ending = Self.settlement(reach: .first).ending(of: .sample(), without: fault)
        #expect(ending.outcome == Outcome(1, .refused(fault), movesOn: true))
        #expect(ending.health == .silent)
    }

    private static let departures: [(Priority, zone: String?, expires: Double, result: Outcome.Result?)] = [
        (.normal, nil, 60, nil), (.normal, "America/New_York", 7200, .returned(nextAt: later(3600), nil)),
        (.normal, "America/New_York", 3600, .expired(nil)), (.urgent, "America/New_York", 7200, nil),
        (.normal, nil, 0, .expired(nil)), (.urgent, nil, -1, .expired(nil)),
    ]

    @Test(arguments: departures)
    func `what was claimed late leaves neither at night nor after expiry`(
        priority: Priority, zone: String?, expires: Double, result: Outcome.Result?
    ) {
        let facts = ChannelFacts.sample(quiet: QuietHours(start: 21 * 60, end: 8 * 60))
        let claimed = ClaimedDelivery.sample(.sample(zone: zone), expires: Self.later(expires))
        let outcome = Self.settlement(facts, priority: priority, reach: .first).postponement(
            of: claimed, now: .noon)
        #expect(outcome?.result == result)
        #expect(outcome?.movesOn ?? false == (result == .expired(nil)))
    }

    private static let nights: [(priority: Priority, zone: String?, verdict: Verdict, hours: Double)] = [
        (.normal, "America/New_York", .deferred(down, after: .seconds(60)), 1),
        (.normal, "America/New_York", .deferred(slow, after: .seconds(60)), 1),
        (.normal, nil, .deferred(down, after: .seconds(3600)), 1),
        (.urgent, "America/New_York", .deferred(down, after: .seconds(3600)), 1),
        (.normal, "Pacific/Auckland", .deferred(down, after: .seconds(60)), 7),
        (.normal, "Asia/Kolkata", .deferred(down, after: .seconds(3600)), 1),
    ]

    @Test func `a wait beyond all dates ends the delivery`() {
        let facts = ChannelFacts.sample(quiet: QuietHours(start: 21 * 60, end: 8 * 60))
        let verdict = Verdict.deferred(Self.full, after: .seconds(Int64.max))
        #expect(Self.ending(verdict, by: Self.settlement(facts)).outcome.result == .expired(Self.full))
    }

    @Test(arguments: nights)
    func `retries keep the reader's quiet hours`(
        priority: Priority, zone: String?, verdict: Verdict, hours: Double
    ) {
        let facts = ChannelFacts.sample(quiet: QuietHours(start: 21 * 60, end: 8 * 60))
        let settlement = Self.settlement(facts, priority: priority)
        let result = Self.ending(verdict, of: .sample(.sample(zone: zone)), by: settlement).outcome.result
        switch result {
        case .deferred(_, let date), .returned(let date, _): #expect(date == Self.later(hours * 3600))
        default: Issue.record("\(result) is not tried again")
        }
    }

    @Test func `what a provider says when it takes a message is kept, cut and without controls`() {
        let said = "250 2.0.0\u{1B}[2J queued\r\n" + String(repeating: "x", count: 500)
        let outcome = Self.ending(.accepted(id: "q1", answer: said), of: .sample()).outcome.result
        guard case .accepted("q1", let answer?) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(answer.unicodeScalars.count == 200 && !answer.unicodeScalars.contains { $0.isControl })
    }
}
