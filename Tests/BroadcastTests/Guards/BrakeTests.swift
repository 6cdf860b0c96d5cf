import Broadcast
import Testing

@Suite struct BrakeTests {
    private static let message = Fault(.message, .policyRefused, "550 spam")
    private static let refusal = Outcome.Result.refused(message)
    private static let gone = Outcome.Result.refused(Fault(.recipient, .addressUnknown, ""))
    private static let accepted = Outcome.Result.accepted(providerID: nil)

    // MARK: bulk

    @Test func `bulk begins with two hundred, and goes on once they have ended`() {
        var brake = BulkBrake()
        #expect(brake.allowance(inFlight: 0) == 200)
        #expect(brake.allowance(inFlight: 200) == 0)
        for _ in 0..<199 { brake.record(Self.accepted) }
        #expect(brake.allowance(inFlight: 1) == 0)
        brake.record(.deferred(Self.message, nextAt: .noon))
        #expect(brake.allowance(inFlight: 0) == nil)
    }

    @Test func `what came back untried frees its place`() {
        var brake = BulkBrake(ended: 150)
        brake.record(.returned(nextAt: .noon, nil))
        #expect(brake.allowance(inFlight: 49) == 1)
    }

    @Test(arguments: [
        (200, 9, false), (200, 10, true), (199, 199, false), (10_000, 499, false), (10_000, 500, true),
    ])
    func `bulk halts at one in twenty refused`(ended: Int, refused: Int, isHalted: Bool) {
        var brake = BulkBrake(ended: ended - 1, refused: refused - 1)
        brake.record(Self.gone)
        #expect(brake.isHalted == isHalted)
        #expect((brake.allowance(inFlight: 0) == 0) == isHalted)
    }

    // MARK: message

    @Test func `twenty refusals of the message from the start halt the channel, once`() {
        var halt = MessageHalt()
        for _ in 0..<19 { #expect(halt.record(Self.refusal) == nil) }
        #expect(halt.record(Self.refusal) == Self.message)
        #expect(halt.record(Self.refusal) == nil)
    }

    @Test(arguments: [accepted, gone, .expired(nil), .unknown(message, retryAt: nil)])
    func `one other end among the first twenty clears the message`(end: Outcome.Result) {
        var halt = MessageHalt()
        for _ in 0..<19 { #expect(halt.record(Self.refusal) == nil) }
        #expect(halt.record(end) == nil)
        for _ in 0..<50 { #expect(halt.record(Self.refusal) == nil) }
    }

    @Test(arguments: [
        Outcome.Result.deferred(message, nextAt: .noon), .returned(nextAt: .noon, nil),
        .unknown(message, retryAt: .noon),
    ])
    func `what is still open neither halts nor clears`(end: Outcome.Result) {
        var halt = MessageHalt(refused: 19)
        #expect(halt.record(end) == nil)
        #expect(halt.record(Self.refusal) == Self.message)
    }

    // MARK: suppressions

    @Test(arguments: [(0, 10), (999, 10), (1000, 10), (2500, 25), (1_000_000, 10_000)])
    func `suppressions beyond one in a hundred are only proposed`(planned: Int, limit: Int) {
        var rail = SuppressionRail(planned: planned)
        let order = Outcome(1, Self.gone, suppress: .init(.all, .bounce, source: "email address-unknown"))
        for _ in 0..<limit { #expect(rail.passing(order) == order) }
        #expect(rail.passing(order).suppress?.isProposed == true)
        #expect(rail.passing(order).result == Self.gone)
        let plain = Outcome(2, Self.accepted)
        #expect(rail.passing(plain) == plain)
    }

    @Test func `a rail goes on where the journal says it stood`() {
        var rail = SuppressionRail(planned: 500, applied: 10)
        let order = Outcome(1, Self.gone, suppress: .init(.all, .bounce, source: "email address-unknown"))
        #expect(rail.passing(order).suppress?.isProposed == true)
    }
}
