import Broadcast
import Channels
import Templating
import Wire

/// A channel around one that was read, which it is in all but what it says otherwise; no configuration holds it.
protocol ChannelCover: Channel {
    /// The one inside.
    var channel: any Channel { get }
}

extension ChannelCover {
    var traits: ChannelTraits { channel.traits }
    var route: Route { channel.route }
    /// Nil: nothing is sent to see whether it is well.
    var probe: HealthCheck? { nil }
    var face: ChannelFace { channel.face }

    func prepared(_ content: RenderedContent) -> RenderedContent { channel.prepared(content) }
}
