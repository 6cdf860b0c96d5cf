import Broadcast
import Channels

extension Sample {
    /// Whom a message is from and to, and what else stands around its text.
    struct Head {
        /// The reader's name; empty when nobody knows it, and for a public place.
        let name: String
        /// Where to; nil for a public place and a webhook per contact.
        let address: String?
        /// Whom the reader sees it come from; nil when the provider decides.
        let sender: String?
        /// Where an answer goes; nil where that is the sender, or nowhere.
        let replyTo: String?
        /// Where its head says that one can unsubscribe; nil where it does not.
        let unsubscribe: String?

        /// Of what `shown` is of `announcement`, over a channel with `face`.
        init(_ announcement: Announcement, _ shown: Showcase.Shown, _ face: ChannelFace) {
            name = shown.contact?.name ?? ""
            address = shown.delivery.address?.value
            sender = face.sender
            // As on the wire: what is no mailbox does not count.
            let own = announcement.replyTo.flatMap { (try? Mailbox(parsing: $0)) == nil ? nil : $0 }
            replyTo = own ?? face.replyTo
            unsubscribe = announcement.purpose == .marketing ? face.unsubscribe : nil
        }

        /// Such as `Anna Rossi (P0003)`.
        func reader(_ contact: String) -> String {
            name.isEmpty ? Plain.text(contact) : "\(Plain.text(name, limit: 60)) (\(Plain.text(contact)))"
        }
    }
}
