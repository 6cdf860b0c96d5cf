public import Broadcast
import Foundation
import Templating

extension Edition {
    /// What one delivery costs, by segments where texts have them; nil when it is free.
    public func cost(
        of delivery: Delivery, to contact: Contact, over channels: [ChannelFacts]
    ) -> Money? {
        guard let channel = channels.first(where: { $0.name == delivery.channel }), let price = channel.price
        else { return nil }
        guard channel.traits.form == .sms else { return price }
        // A text that cannot be made will not be sent; it is reckoned as one segment, as in the plan.
        let message = try? template.render(.sms, for: contact, announcement: facts).fitted(
            to: channel.traits.limits, page: template.page(of: announcement.id))
        let segments = message?.sms?.length.segments ?? 1
        return Money(price.amount * Decimal(max(1, segments)), price.currency)
    }
}
