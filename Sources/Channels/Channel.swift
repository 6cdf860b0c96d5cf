public import Broadcast
public import Wire

/// A way out: two pure functions and a few facts. It does no I/O, and has no clock, logger, retry, limiter or template.
public protocol Channel: Sendable {
    /// What `type` says in `channels.json`.
    static var kind: String { get }

    /// What it is, apart from how it talks.
    var traits: ChannelTraits { get }

    /// How its requests travel.
    var route: Route { get }

    /// The request that hands `delivery` over; equal for equal deliveries, byte for byte.
    ///
    /// - Throws: a fault of scope `recipient` or `message` when there is none, such as an address of the wrong kind.
    func request(for delivery: OutboundDelivery) throws(Fault) -> WireRequest

    /// What a finished exchange means.
    func verdict(on reply: WireReply) -> Verdict

    /// A request that shows whether the channel is well without sending anything; nil when greeting the route is enough
    /// or there is no way.
    var probe: HTTPRequest? { get }
}
