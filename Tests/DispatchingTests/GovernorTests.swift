import Broadcast
import Foundation
import Storage
import Testing

@testable import Dispatching

struct GovernorTests {
    private static let wall = Date(timeIntervalSince1970: 1_800_000_000)

    private func facts(_ unknown: UnknownPolicy = .retry, rate: Rate? = nil) -> ChannelFacts {
        ChannelFacts(
            name: ChannelName(valid: "x"), kind: "sample", company: "Acme",
            traits: ChannelTraits(
                audience: .perContact, form: .webhook, unknown: unknown,
                retry: RetryPolicy(first: .seconds(1), cap: .seconds(60), within: .seconds(3600))),
            rate: rate, connections: 8)
    }

    private func ending(
        _ result: Outcome.Result, _ health: HealthEvent, pause: Duration? = nil, isAsked: Bool = true
    ) -> Settlement.Ending {
        Settlement(over: facts(), terms: Settlement.Terms(priority: .normal, reach: .every))
            .sample(result, health, pause, isAsked: isAsked)
    }

    /// Claims all it may and finishes so many a second, for ten seconds; returns the most it had in hand.
    private func most(finishing perSecond: Int, _ facts: ChannelFacts) -> Int {
        var governor = Governor(facts, at: .zero)
        var (held, most) = (0, 0)
        for tick in 1...10_000 {
            let now = Duration.milliseconds(tick)
            if governor.wantsMore(holding: held),
                case .claim(let count) = governor.permit(holding: held, at: now)
            {
                held += count
                governor.claimed(count, of: count, at: now)
            }
            if tick > 5000 { most = max(most, held) }
            let finished = tick * perSecond / 1000 - (tick - 1) * perSecond / 1000
            for _ in 0..<min(held, finished) {
                held -= 1
                governor.finished()
            }
        }
        return most
    }

    @Test(arguments: [(8, 8, 12), (100, 20, 35), (1000, 200, 270), (20_000, 250, 270)])
    func `what is claimed ahead goes out in a quarter of a second`(perSecond: Int, least: Int, most: Int) {
        #expect(
            (least...most).contains(self.most(finishing: perSecond, facts())),
            "\(self.most(finishing: perSecond, facts()))")
    }

    @Test func `a channel without a key for repeats, or with a rate, holds only what goes out at once`() {
        #expect(most(finishing: 20_000, facts(.leave)) <= 8)
        #expect(most(finishing: 20_000, facts(rate: Rate(perSecond: 1000, burst: 1000))) <= 8)
    }

    @Test func `time in which nothing was sent says nothing about the pace`() {
        var governor = Governor(facts(), at: .zero)
        #expect(governor.permit(holding: 0, at: .seconds(500)) == .claim(16))
        governor.claimed(8, of: 16, at: .seconds(500))
        #expect(governor.wantsMore(holding: 8))
        #expect(governor.permit(holding: 8, at: .seconds(501)) == .claim(8))
    }

    /// The boot of the note, where its wall clock says that the rest ends, and when the rest ends by the uptime.
    @Test(arguments: [
        ("b", 60, 150), ("b", -60, 150), ("other", 60, 160), ("other", -60, nil), ("other", 99_999, 100_099),
        ("other", 9_999_999, 604_900),
        // A machine that does not tell its starts may have been started again.
        ("unknown", 60, 160), ("unknown", -60, nil),
    ])
    func `a rest that the provider asked for goes on, exactly or as far as the clocks can say`(
        boot: String, seconds: Int, expected: Int?
    ) {
        var governor = Governor(facts(), at: .seconds(100))
        let now = Moment(wall: Self.wall, uptime: .seconds(100))
        let until = Self.wall.adding(.seconds(seconds))
        let rest = ProviderRest(since: until.adding(.seconds(-90)), until: until, why: "slow down")
        let pause = ProviderPause(rest, end: BootTime(boot: boot, uptime: .seconds(150)))
        governor.takeOver(
            HealthNote(channel: "x", state: "up", since: Self.wall, pause: pause), nil, at: now,
            boot == "unknown" ? boot : "b")
        #expect(governor.pauseEnd(at: now.uptime) == expected.map { .seconds($0) })
        #expect(governor.isFree(at: now.uptime) == (expected == nil))
        #expect(governor.rest(at: now)?.length == expected.map { _ in .seconds(90) })
        #expect(governor.rest(at: now)?.until == expected.map { now.date(at: .seconds($0)) })
        guard let expected else { return }
        #expect(governor.permit(holding: 0, at: now.uptime) == .wait(until: .seconds(expected)))
        #expect(governor.pauseEnd(at: .seconds(expected)) == nil && governor.isFree(at: .seconds(expected)))
    }

    @Test func `whatever is written down, a rest lasts a week at most`() {
        var governor = Governor(facts(), at: .seconds(100))
        let now = Moment(wall: Self.wall, uptime: .seconds(100))
        let rest = ProviderRest(since: Self.wall, until: Self.wall + 9_999_999, why: "")
        let pause = ProviderPause(rest, end: BootTime(boot: "b", uptime: .seconds(10_000_099)))
        governor.takeOver(
            HealthNote(channel: "x", state: "up", since: Self.wall, pause: pause), nil, at: now, "b")
        #expect(governor.pauseEnd(at: now.uptime) == .seconds(604_900))
    }

    @Test func `tokens that found nothing to claim are not lost`() {
        var governor = Governor(facts(rate: Rate(perSecond: 1, burst: 5)), at: .zero)
        #expect(governor.permit(holding: 0, at: .zero) == .claim(5))
        governor.claimed(2, of: 5, at: .zero)
        #expect(governor.permit(holding: 2, at: .zero) == .claim(3))
        governor.claimed(3, of: 3, at: .zero)
        #expect(governor.permit(holding: 5, at: .zero) == .wait(until: .seconds(1)))
    }

    @Test
    func `a certain fault lets nothing out but one probe, and what was claimed before it is not admitted`() {
        var governor = Governor(facts(), at: .zero)
        let before = governor.breaker.epoch
        let fault = Fault(.channel, .credentialsRefused, "no")
        governor.record(
            ending(.deferred(fault, nextAt: Self.wall), .failed(fault)), epoch: before,
            at: Moment(wall: Self.wall, uptime: .zero))
        #expect(!governor.admits(before, at: .seconds(1)) && !governor.isFree(at: .zero))
        #expect(governor.permit(holding: 0, at: .zero) == .wait(until: .seconds(1)))
        #expect(governor.permit(holding: 0, at: .seconds(1)) == .probe)
        #expect(
            governor.admits(governor.breaker.epoch, at: .seconds(1))
                && !governor.admits(before, at: .seconds(1)))
        #expect(governor.permit(holding: 1, at: .seconds(1)) == .wait(until: nil))
        // Something older that comes back is not taken for the probe.
        governor.returned(before, at: .seconds(1))
        #expect(governor.breaker.phase == .probing)
        governor.returned(governor.breaker.epoch, at: .seconds(1))
        #expect(governor.permit(holding: 0, at: .seconds(1)) == .probe)
    }

    @Test func `a mark wins over a probe`() {
        var governor = Governor(facts(), at: .zero)
        governor.isMarkedDown = true
        #expect(governor.permit(holding: 0, at: .zero) == .wait(until: nil))
        #expect(!governor.admits(governor.breaker.epoch, at: .seconds(1)))
    }

    @Test func `a provider's pause makes the channel unfree until it is over`() {
        var governor = Governor(facts(), at: .zero)
        let fault = Fault(.channel, .rateLimited, "slow down")
        governor.record(
            ending(.returned(nextAt: Self.wall, fault), .silent, pause: .seconds(30)), epoch: 0,
            at: Moment(wall: Self.wall, uptime: .zero))
        #expect(!governor.isFree(at: .seconds(29)) && governor.isFree(at: .seconds(30)))
        #expect(!governor.admits(0, at: .seconds(29)) && governor.admits(0, at: .seconds(30)))
        #expect(governor.permit(holding: 0, at: .seconds(1)) == .wait(until: .seconds(30)))
    }

    @Test func `a rest lasts from when it was first asked for, tells why, and is no fault`() {
        var governor = Governor(facts(), at: .zero)
        let ask = { (seconds: Int, length: Int, governor: inout Governor) in
            let fault = Fault(.channel, .rateLimited, "slow down at \(seconds)")
            governor.record(
                ending(.returned(nextAt: Self.wall, fault), .silent, pause: .seconds(length)), epoch: 0,
                at: Moment(wall: Self.wall.adding(.seconds(seconds)), uptime: .seconds(seconds)))
        }
        let rest = { (seconds: Int) in
            governor.rest(at: Moment(wall: Self.wall.adding(.seconds(seconds)), uptime: .seconds(seconds)))
        }
        ask(10, 30, &governor)
        ask(20, 100, &governor)
        #expect(rest(119)?.since == Self.wall + 10 && rest(119)?.until == Self.wall + 120)
        #expect(rest(119)?.why == "rate-limited: slow down at 20")
        #expect(rest(120) == nil && governor.breaker.phase == .up)
        governor.record(
            ending(.accepted(providerID: nil), .answered), epoch: 0,
            at: Moment(wall: Self.wall.adding(.seconds(150)), uptime: .seconds(150)))
        ask(200, 50, &governor)
        #expect(rest(249)?.since == Self.wall + 200 && rest(249)?.until == Self.wall + 250)
        governor.forgetDetails()
        #expect(rest(249)?.why == "" && rest(249)?.until == Self.wall + 250)
        governor.hasten(at: .seconds(210))
        #expect(rest(210)?.until == Self.wall + 250)
        governor.hasten(at: .seconds(210), endingRest: true)
        #expect(rest(210) == nil && governor.isFree(at: .seconds(210)))
        ask(220, 50, &governor)
        #expect(rest(221)?.since == Self.wall + 220)
    }

    /// When rests of 10 s are asked for, or something is accepted (below zero), and since when the last one lasts.
    @Test(arguments: [
        ([100], 100), ([100, 105], 100), ([100, 111], 100), ([100, 111, 122, 133], 100),
        ([100, 111, -122, 123], 123), ([100, -105, 108], 100), ([100, -105, 108, 120], 120),
        ([100, -105, 111], 111), ([100, 410], 100), ([100, 411], 411), ([-90, 100, 111], 100),
    ])
    func `rests one after the other are one for those who wait, until something is accepted`(
        events: [Int], since: Int
    ) {
        var governor = Governor(facts(), at: .zero)
        for event in events {
            let fault = Fault(.channel, .rateLimited, "slow down")
            governor.record(
                event < 0
                    ? ending(.accepted(providerID: nil), .answered)
                    : ending(.returned(nextAt: Self.wall, fault), .silent, pause: .seconds(10)),
                epoch: 0,
                at: Moment(wall: Self.wall.adding(.seconds(abs(event))), uptime: .seconds(abs(event))))
        }
        let end = Duration.seconds((events.last ?? 0) + 1)
        #expect(
            governor.rest(at: Moment(wall: Self.wall.adding(end), uptime: end))?.since == Self.wall
                + Double(since))
    }

    @Test func `a rest of our own does not pass for one that the provider asked for`() {
        var governor = Governor(facts(), at: .zero)
        let fault = Fault(.channel, .rateLimited, "429")
        for (length, isAsked, expected) in [(30, false, false), (60, true, true), (30, false, true)] {
            governor.record(
                ending(
                    .returned(nextAt: Self.wall, fault), .silent, pause: .seconds(length), isAsked: isAsked),
                epoch: 0, at: Moment(wall: Self.wall, uptime: .zero))
            let rest = governor.rest(at: Moment(wall: Self.wall, uptime: .zero))
            #expect((rest?.origin == .asked) == expected)
            #expect(
                rest?.reason.hasPrefix(expected ? "its provider asked (" : "too fast for its provider (")
                    == true)
        }
    }
}

extension Settlement {
    /// An ending with these parts.
    fileprivate func sample(
        _ result: Outcome.Result, _ health: HealthEvent, _ pause: Duration?, isAsked: Bool
    ) -> Ending {
        let claimed = ClaimedDelivery(
            id: 1, announcement: Announcement.ID(valid: "a"), contact: nil, channel: ChannelName(valid: "x"),
            address: nil, attempt: 1, firstAttemptAt: .distantPast, due: .distantPast, expires: .distantFuture
        )
        var ending = ending(of: claimed, on: .accepted(id: nil), now: .distantPast, unit: 0)
        ending.outcome.result = result
        ending.health = health
        ending.pause = pause.map { Settlement.Pause($0, isAsked: isAsked) }
        return ending
    }
}
