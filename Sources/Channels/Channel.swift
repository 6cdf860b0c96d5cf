public import Broadcast
public import Templating
public import Wire

/// A way out: two pure functions and a few facts.
///
/// It does no I/O, and has no clock, logger, retry, limiter or template.
public protocol Channel: Sendable {
    /// What `type` says in `channels.json`.
    static var kind: String { get }

    /// Reads the channel called `name`; nil when anything is wrong, which `settings` has been told then.
    init?(named name: ChannelName, settings: SettingsReader)

    /// What it is, apart from how it talks.
    var traits: ChannelTraits { get }

    /// How its requests travel.
    var route: Route { get }

    /// `content` with all that the channel adds of its own, before its length is held to the limits.
    func prepared(_ content: RenderedContent) -> RenderedContent

    /// The request that hands `delivery` over; equal for equal deliveries, byte for byte.
    ///
    /// - Throws: a fault of scope `recipient` or `message` when there is none, such as an address of the wrong kind.
    func request(for delivery: OutboundDelivery) throws(Fault) -> WireRequest

    /// What a finished exchange means.
    func verdict(on reply: WireReply) -> Verdict

    /// What shows whether the channel is well without sending anything.
    ///
    /// Nil when greeting the route is enough or there is no way.
    var probe: HealthCheck? { get }

    /// What readers see of it.
    var face: ChannelFace { get }
}

extension Channel {
    /// Nothing: the provider decides.
    public var face: ChannelFace { ChannelFace() }

    /// As it is: the channel adds nothing.
    public func prepared(_ content: RenderedContent) -> RenderedContent { content }

    /// The address of `delivery`, which must be of `kind`.
    func address(_ kind: AddressKind, of delivery: OutboundDelivery) throws(Fault) -> Address {
        guard let address = delivery.address, address.kind == kind else {
            let found = delivery.address.map { "one of kind \($0.kind.rawValue)" } ?? "none"
            throw Fault(
                .recipient, .addressUnsuitable,
                "the channel needs an address of kind \(kind.rawValue), not \(found)")
        }
        return address
    }
}

extension Verdict {
    /// The same verdict with what `reply` said, without any secret, where that took the message.
    func quoting(_ reply: HTTPReply, _ redactor: Redactor) -> Verdict {
        guard case .accepted(let id, nil) = self else { return self }
        return .accepted(id: id, answer: reply.answer(redactor))
    }

    /// The same verdict with every secret taken out of what the provider said.
    func redacted(_ redactor: Redactor) -> Verdict {
        func clean(_ fault: Fault) -> Fault {
            Fault(fault.scope, fault.code, redactor.redacted(fault.detail))
        }
        return switch self {
        case .accepted(let id, let answer):
            .accepted(id: id.map(redactor.redacted), answer: answer.map(redactor.redacted))
        case .refused(let fault): .refused(clean(fault))
        case .deferred(let fault, let after): .deferred(clean(fault), after: after)
        case .unknown(let fault): .unknown(clean(fault))
        case .moved: self
        }
    }
}
