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
    /// Whether it leaves only if the channels before it fail.
    let isNext: Bool
    /// Of an SMS; nil elsewhere.
    let sms: SMS?
    /// Of a message on Telegram; nil elsewhere.
    let telegram: Telegram?
    /// Whether its end gave way to a link to the page.
    let isCut: Bool
    /// The request as it goes out; nil when there is none.
    let request: String?
    /// How many bytes of the request are the message; the request may show less of its files.
    let bytes: Int?
    /// Why there is no request.
    let problem: String?
    /// The files of the message, and what becomes of them there.
    let attachments: [SampleFile]
    /// What its reader sees; nil when it cannot be rendered.
    let content: RenderedContent?
    /// Whom its reader sees it come from; nil when the provider decides.
    let sender: String?
    /// Where to; nil for a public place and a webhook per contact.
    let address: String?

    private enum CodingKeys: String, CodingKey {
        case channel, contact, locale, why, isNext, sms, telegram, isCut, request, bytes, problem, attachments
    }

    /// The length of an SMS as it will be charged.
    struct SMS: Encodable {
        let encoding: String
        let units: Int
        let segments: Int
        /// How many more it would take as its author wrote it.
        let saved: Int
        /// What was rewritten for that.
        let rewritten: [Rewriting]

        struct Rewriting: Encodable {
            let from: String
            let to: String
        }

        init(_ fitting: SMSFitting) {
            let length = fitting.length
            encoding = length.encoding.rawValue
            units = length.units
            segments = length.segments
            saved = fitting.saved
            rewritten = fitting.replacements.map { Rewriting(from: $0.from, to: $0.to) }
        }
    }

    /// The length of a message on Telegram, after its tags and entities are read.
    struct Telegram: Encodable {
        let characters: Int
        let limit: Int

        /// Nil where `content` goes elsewhere.
        init?(_ content: RenderedContent, limits: ContentLimits) {
            guard content.form == .telegram else { return nil }
            characters = TelegramMarkup.length(of: content.text)
            let isCaption = Carriage(of: content).items.first?.way == .photo
            limit =
                isCaption
                ? ContentLimits.telegramCaption : limits.characters ?? ContentLimits.telegramText
        }
    }

    /// Makes the sample with the very code that sends; what would be skipped says why instead.
    init(_ draft: Draft, _ shown: Showcase.Shown, over channel: ConfiguredChannel, key: String) {
        self.channel = channel.facts.name.rawValue
        contact = shown.contact?.id.rawValue
        locale = draft.edition.template.locale(for: shown.contact)
        why = shown.why
        isNext = shown.isNext
        sender = channel.channel.shownSender
        address = shown.delivery.address?.value
        let isSkipped = shown.delivery.plan != .queued
        let message = isSkipped ? nil : draft.message(over: channel.channel, for: shown.contact)
        content = message?.content
        attachments = content.map(SampleFile.all) ?? []
        sms = message?.sms.map(SMS.init)
        telegram = content.flatMap { Telegram($0, limits: channel.facts.traits.limits) }
        isCut = message?.isCut ?? false
        if case .skipped(let reason) = shown.delivery.plan {
            (request, bytes, problem) = (nil, nil, "not sent: \(reason.rawValue)")
            return
        }
        do throws(Fault) {
            let wire = try draft.request(for: shown, over: channel.channel, key: key)
            request = wire.preview(redactor: channel.channel.route.redactor)
            (bytes, problem) = (wire.size, nil)
        } catch {
            (request, bytes, problem) = (nil, nil, error.detail)
        }
    }

    /// For people: a heading, then the request.
    var text: String {
        var head = "── \(channel)" + (contact.map { " to \(Plain.text($0))" } ?? " (public)") + ", \(locale)"
        if let sms {
            head += ", \(sms.encoding), \(sms.units) units, \(sms.segments) segment(s)"
        }
        if why.contains(.longest) { head += ", the longest" }
        if isCut { head += ", cut with a link" }
        if isNext { head += ", if the one before fails" }
        if let note = sms?.note { head += "\n" + Paragraph.hanging("   ", note) }
        for file in attachments { head += "\n" + Paragraph.hanging("   ", Plain.text(file.text, limit: 500)) }
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
    ) throws(Fault) -> WireRequest {
        let now = edition.announcement.createdAt
        let delivery = ClaimedDelivery(
            id: 0, announcement: edition.announcement.id, contact: shown.contact,
            channel: shown.delivery.channel, address: shown.delivery.address, attempt: 1, firstAttemptAt: now,
            due: now, expires: .distantFuture)
        return try edition.request(for: delivery, over: channel, key: key, at: now)
    }
}
