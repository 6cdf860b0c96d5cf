public import Broadcast
public import Foundation
public import Templating

/// All that a channel may know about one attempt.
public struct OutboundDelivery: Sendable {
    /// The delivery's identity: 32 lower-case hexadecimal digits, equal over its retries.
    public var key: String
    /// The announcement it belongs to.
    public var announcement: Announcement.ID
    /// Why it is sent.
    public var purpose: Purpose
    /// The template's name.
    public var template: String
    /// When the announcement was accepted: the `Date` of every copy.
    public var announcedAt: Date
    /// When this attempt goes out: the webhook timestamp, and nothing else, depends on it.
    public var attemptAt: Date
    /// The contact; nil for a public place.
    public var contact: Contact?
    /// Where to; nil for a public place or a webhook per contact.
    public var address: Address?
    /// The message.
    public var content: RenderedContent
    /// Overrides the channel's reply address; nil leaves it.
    public var replyTo: String?
    /// Whether it is a test, which machines that receive it have to be able to tell.
    public var isTest = false

    /// One attempt.
    public init(
        key: String, announcement: Announcement.ID, purpose: Purpose, template: String, announcedAt: Date,
        attemptAt: Date, contact: Contact?, address: Address?, content: RenderedContent,
        replyTo: String? = nil
    ) {
        self.key = key
        self.announcement = announcement
        self.purpose = purpose
        self.template = template
        self.announcedAt = announcedAt
        self.attemptAt = attemptAt
        self.contact = contact
        self.address = address
        self.content = content
        self.replyTo = replyTo
    }
}
