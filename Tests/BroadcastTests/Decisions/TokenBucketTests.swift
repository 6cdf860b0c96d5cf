import Broadcast
import Testing

@Suite struct TokenBucketTests {
    private static func seconds(_ seconds: Double) -> Duration { .seconds(seconds) }

    @Test func `a burst goes at once, then tokens come one by one`() {
        var bucket = TokenBucket(Rate(perSecond: 4, burst: 2), now: .zero)
        #expect(bucket.take(upTo: 5, now: .zero) == .init(count: 2, nextAt: .milliseconds(250)))
        #expect(bucket.take(upTo: 5, now: .milliseconds(249)).count == 0)
        #expect(bucket.take(upTo: 5, now: .milliseconds(250)) == .init(count: 1, nextAt: .milliseconds(500)))
        #expect(bucket.take(upTo: 1, now: .seconds(60)) == .init(count: 1, nextAt: nil))
        #expect(bucket.take(upTo: 5, now: .seconds(60)).count == 1)
    }

    @Test(arguments: [1.0, 3, 7, 25, 29.97, 30, 49, 98, 1000])
    func `waiting until told always suffices, and the rate is kept over a minute`(perSecond: Double) {
        var bucket = TokenBucket(Rate(perSecond: perSecond), now: .zero)
        var now = Duration.zero
        var sent = 0
        while now < .seconds(60) {
            let grant = bucket.take(upTo: 2, now: now)
            #expect(grant.count == 1)
            sent += grant.count
            guard let next = grant.nextAt, next > now else { break }
            now = next
        }
        #expect(abs(Double(sent) - perSecond * 60) <= 1.5)
    }

    @Test func `two lanes that share a bucket keep its rate together`() {
        var bucket = TokenBucket(Rate(perSecond: 30, burst: 5), now: .zero)
        var sent = 0
        for tick in 0..<600 { sent += bucket.take(upTo: 6, now: .milliseconds(Int64(tick) * 100)).count }
        #expect((1780...1805).contains(sent))
    }

    @Test func `a pause grants nothing until it is over, and no burst then`() {
        var bucket = TokenBucket(Rate(perSecond: 10, burst: 10), now: .zero)
        bucket.pause(until: .seconds(7))
        bucket.pause(until: .seconds(3))
        #expect(bucket.take(upTo: 5, now: .seconds(3)) == .init(count: 0, nextAt: .seconds(7)))
        #expect(bucket.take(upTo: 5, now: .seconds(7)) == .init(count: 1, nextAt: .milliseconds(7100)))
    }

    @Test func `without a rate there is always enough, except in a pause`() {
        var bucket = TokenBucket(nil, now: .zero)
        #expect(bucket.take(upTo: 1_000_000, now: .zero) == .init(count: 1_000_000, nextAt: nil))
        bucket.pause(until: .seconds(2))
        #expect(bucket.take(upTo: 1, now: .seconds(1)) == .init(count: 0, nextAt: .seconds(2)))
        #expect(bucket.take(upTo: 9, now: .seconds(2)) == .init(count: 9, nextAt: nil))
    }

    @Test func `tokens that were not used come back, up to the burst`() {
        var bucket = TokenBucket(Rate(perSecond: 1, burst: 3), now: .zero)
        #expect(bucket.take(upTo: 3, now: .zero).count == 3)
        bucket.giveBack(2)
        #expect(bucket.take(upTo: 3, now: .zero).count == 2)
        bucket.giveBack(50)
        #expect(bucket.take(upTo: 50, now: .zero).count == 3)
    }

    @Test(arguments: [(0.0, 0), (0, -4), (-1, 1)])
    func `an impossible rate neither traps nor runs away`(perSecond: Double, burst: Int) {
        var bucket = TokenBucket(Rate(perSecond: perSecond, burst: burst), now: .seconds(5))
        #expect(bucket.take(upTo: 2, now: .seconds(5)).count == 1)
        let grant = bucket.take(upTo: 1, now: .seconds(4))
        #expect(grant.count == 0)
        #expect(grant.nextAt.map { $0 > .seconds(4) } == true)
        #expect(bucket.take(upTo: 0, now: .seconds(6)) == .init(count: 0, nextAt: nil))
    }
}
