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
        // A text that cannot be rendered will not be sent; it is reckoned as one segment, as in the plan.
        let content = try? template.render(.sms, for: contact, announcement: facts)
        let segments = content.map { SMSLength(String(decoding: $0.text, as: UTF8.self)).segments } ?? 1
        return Money(price.amount * Decimal(max(1, segments)), price.currency)
    }
}
