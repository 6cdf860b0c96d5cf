import Broadcast
import Channels
import Configuration
import Dispatching
import Foundation
import Storage
import Templating
import Wire

/// What one person, or public place, would get over one channel: the exact request, its secrets hidden.
struct Sample: Encodable {
    let channel: String
    /// Nil for a public place.
    let contact: String?
    let locale: String
    /// Why it is shown.
    let why: [Showcase.Reason]
    /// Of an SMS; nil elsewhere.
    let sms: SMS?
    /// Of a message on Telegram; nil elsewhere.
    let telegram: Telegram?
    /// The request as it goes out; nil when there is none.
    let request: String?
    /// Why there is no request.
    let problem: String?
    /// What its reader sees; nil when it cannot be rendered.
    let content: RenderedContent?
    /// Whom its reader sees it come from; nil when the provider decides.
    let sender: String?
    /// Where to; nil for a public place and a webhook per contact.
    let address: String?

    private enum CodingKeys: String, CodingKey {
        case channel, contact, locale, why, sms, telegram, request, problem
    }

    /// The length of an SMS as it will be charged.
    struct SMS: Encodable {
        let encoding: String
        let units: Int
        let segments: Int

        init(_ text: String) {
            let length = SMSLength(text)
            encoding = length.encoding.rawValue
            units = length.units
            segments = length.segments
        }
    }

    /// The length of a message on Telegram, after its tags and entities are read.
    struct Telegram: Encodable {
        let characters: Int
        var limit = TelegramMarkup.maxLength
    }

    /// Makes the sample with the very code that sends; what would be skipped says why instead.
    init(_ draft: Draft, _ shown: Showcase.Shown, over channel: ConfiguredChannel, key: String) {
        self.channel = channel.facts.name.rawValue
        contact = shown.contact?.id.rawValue
        locale = draft.edition.template.locale(for: shown.contact)
        why = shown.why
        sender = channel.channel.shownSender
        address = shown.delivery.address?.value
        let isSkipped = shown.delivery.plan != .queued
        content = isSkipped ? nil : draft.content(channel.facts.traits.form, for: shown.contact)
        sms = content.flatMap { $0.form == .sms ? SMS($0.plainText) : nil }
        telegram = content.flatMap {
            $0.form == .telegram ? Telegram(characters: TelegramMarkup.length(of: $0.text)) : nil
        }
        if case .skipped(let reason) = shown.delivery.plan {
            (request, problem) = (nil, "not sent: \(reason.rawValue)")
            return
        }
        do throws(Fault) {
            request = try draft.request(for: shown, over: channel.channel, key: key)
            problem = nil
        } catch {
            request = nil
            problem = error.detail
        }
    }

    /// For people: a heading, then the request.
    var text: String {
        var head = "── \(channel)" + (contact.map { " to \(Plain.text($0))" } ?? " (public)") + ", \(locale)"
        if let sms {
            head += ", \(sms.encoding), \(sms.units) units, \(sms.segments) segment(s)"
        }
        if why.contains(.longest) { head += ", the longest" }
        return head + "\n" + Plain.lines(request ?? "(\(problem ?? "no request"))")
    }
}

extension RenderedContent {
    /// Its text as a string.
    var plainText: String { String(decoding: text, as: UTF8.self) }
}

extension Draft {
    /// What becomes of the given deliveries, in their order.
    func samples(of shown: [Showcase.Shown]) -> [Sample] {
        let secret = DeliveryKey(secret: store.secret)
        return shown.compactMap { shown in
            channels.first { $0.facts.name == shown.delivery.channel }.map { channel in
                let key = secret.text(
                    for: edition.announcement.id, to: shown.contact?.id, over: channel.facts.name)
                return Sample(self, shown, over: channel, key: key)
            }
        }
    }

    fileprivate func request(
        for shown: Showcase.Shown, over channel: any Channel, key: String
    ) throws(Fault) -> String {
        let now = edition.announcement.createdAt
        let delivery = ClaimedDelivery(
            id: 0, announcement: edition.announcement.id, contact: shown.contact,
            channel: shown.delivery.channel, address: shown.delivery.address, attempt: 1, firstAttemptAt: now,
            due: now, expires: .distantFuture)
        return try edition.request(for: delivery, over: channel, key: key, at: now)
            .preview(redactor: channel.route.redactor)
    }
}
