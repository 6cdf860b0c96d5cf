import Broadcast
import TestPeers
import Testing

@Suite struct RetryTests {
    private static let policy = RetryPolicy.sample

    @Test func `the longest waits double up to the cap`() {
        let waits = (1...10).map { Self.policy.ceiling(afterAttempt: $0) }
        #expect(waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600].map(Duration.seconds))
    }

    @Test func `another factor gives another schedule`() {
        let policy = RetryPolicy(
            first: .milliseconds(500), factor: 3, cap: .seconds(60), within: .seconds(600))
        let waits = (1...6).map { policy.ceiling(afterAttempt: $0) }
        #expect(waits == [500, 1500, 4500, 13_500, 40_500, 60_000].map(Duration.milliseconds))
    }

    @Test(arguments: [0, -3, 5000, Int.max])
    func `no number of attempts breaks the schedule`(attempt: Int) {
        #expect(Self.policy.ceiling(afterAttempt: attempt) == (attempt < 1 ? .seconds(30) : .seconds(3600)))
    }

    @Test(arguments: [(0.0, 0), (0.25, 30), (0.5, 60), (0.75, 90)])
    func `jitter is full: any part of the longest wait`(unit: Double, seconds: Int) {
        #expect(Self.policy.delay(afterAttempt: 3, unit: unit) == .seconds(seconds))
    }

    @Test(arguments: [
        (Duration?.none, 15), (.seconds(7), 7), (.seconds(1), 1), (.seconds(7200), 7200), (.zero, 15),
        (.milliseconds(200), 15),
    ])
    func `what the provider asks for is kept exactly, but never as a loop without pause`(
        asked: Duration?, seconds: Int
    ) {
        #expect(Self.policy.wait(afterAttempt: 1, asked: asked, unit: 0.5) == .seconds(seconds))
    }

    @Test(arguments: [1 as UInt64, 2, 3])
    func `no policy waits longer than its cap, or shorter than what it was asked for`(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        for _ in 0..<2000 {
            let policy = RetryPolicy(
                first: .milliseconds(Int.random(in: 1...100_000, using: &random)),
                factor: Double.random(in: 1...10, using: &random),
                cap: .seconds(Int.random(in: 100...100_000, using: &random)), within: .seconds(86_400))
            let attempt = Int.random(in: 1...100, using: &random)
            let unit = Double.random(in: 0..<1, using: &random)
            let delay = policy.delay(afterAttempt: attempt, unit: unit)
            #expect(.zero <= delay && delay <= policy.cap, "seed \(seed): \(policy)")
            #expect(
                policy.ceiling(afterAttempt: attempt) <= policy.ceiling(afterAttempt: attempt + 1),
                "seed \(seed): \(policy)")
            let asked = Duration.seconds(Int.random(in: 1...1_000_000, using: &random))
            #expect(
                policy.wait(afterAttempt: attempt, asked: asked, unit: unit) == asked,
                "seed \(seed): \(policy)")
        }
    }

    private static let retrials: [(scope: Fault.Scope, code: Fault.Code, retrial: Retrial)] = [
        (.recipient, .recipientDeferred, .counted),
        (.recipient, .mailboxFull, .counted),
        (.recipient, .addressUnknown, .never), (.recipient, .addressUnsuitable, .never),
        (.recipient, .blockedByRecipient, .never), (.recipient, "pair-rate", .counted),
        (.message, .messageTooLarge, .never), (.message, .endpointGone, .never),
        (.message, .redirected, .never),
        (.message, .valueMissing, .never), (.message, .valueUnsuitable, .never),
        (.message, .mailboxFull, .counted),
        (.message, .policyRefused, .counted), (.message, .messageRefused, .counted),
        (.message, .endpointMissing, .counted), (.channel, .rateLimited, .uncounted),
        (.channel, .cancelled, .uncounted), (.recipient, .rateLimited, .uncounted),
        (.channel, .credentialsRefused, .counted), (.channel, .serviceFailed, .counted),
        (.channel, .gatewayTimedOut, .counted), (.channel, .tlsFailed, .counted),
        (.channel, .messageTooLarge, .counted), (.channel, "anything-else", .counted),
    ]

    @Test(arguments: retrials)
    func `scope and code say whether a passing fault is tried again`(
        scope: Fault.Scope, code: Fault.Code, retrial: Retrial
    ) {
        #expect(Retrial.of(Fault(scope, code, "")) == retrial)
    }
}
