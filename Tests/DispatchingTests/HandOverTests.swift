import Testing

@testable import Dispatching

/// When a dispatcher gives its place away: the arrivals it has seen decide, so that two never take turns for ever.
struct HandOverTests {
    @Test func `what is beyond it is given away once, and again to whoever is new`() {
        let handOver = HandOver(known: 3)
        #expect(handOver.mayGive(3), "whoever accepted it may not have told that it follows")
        handOver.gives(3)
        #expect(!handOver.mayGive(3))
        #expect(handOver.mayGive(4))
        handOver.gives(4)
        #expect(!handOver.mayGive(4))
    }

    @Test func `what waits for a secret is given only to whoever is new`() {
        let handOver = HandOver(known: 3)
        #expect(!handOver.mayGiveSecrets(3))
        #expect(handOver.mayGiveSecrets(4))
        handOver.gives(4)
        #expect(!handOver.mayGiveSecrets(4))
    }

    @Test func `only one that has never served says that it follows, once`() {
        let (follower, server) = (HandOver(known: 0), HandOver(known: 0))
        #expect(follower.isNews && server.isNews)
        follower.arrived(as: 7)
        server.serves()
        #expect(!follower.isNews && !server.isNews)
        #expect(!follower.mayGiveSecrets(7) && follower.mayGiveSecrets(8))
    }
}
