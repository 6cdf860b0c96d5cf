public import Broadcast
import Foundation
import Templating

extension Edition {
    /// What one delivery costs, by segments where texts have them; nil when it is free, or cannot be made and never leaves.
    public func cost(
        of delivery: Delivery, to contact: Contact, over channels: [ChannelFacts]
    ) -> Money? {
        guard let channel = channels.first(where: { $0.name == delivery.channel }), let price = channel.price
        else { return nil }
        guard channel.traits.form == .sms else { return price }
        let message = try? template.render(.sms, for: contact, announcement: facts).fitted(
            to: channel.traits.limits, page: template.page(of: announcement.id))
        guard let message else { return nil }
        let segments = message.sms?.length.segments ?? 1
        return Money(price.amount * Decimal(max(1, segments)), price.currency)
    }
}
