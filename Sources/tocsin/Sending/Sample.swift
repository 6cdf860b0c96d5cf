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
    /// From whom to whom a mail goes; nil for all else, and when there is no request.
    let envelope: String?
    /// The request as a rehearsal keeps it, byte for byte but that of files it holds less; nil when there is none.
    let request: String?
    /// Whether it holds less.
    let isShort: Bool
    /// The same to be read by people; nil when there is none.
    let readable: String?
    /// Whether ``readable`` has lines that the request has not.
    let isIndented: Bool
    /// How many bytes the message has: of a mail all of it, of an HTTP request the body.
    let bytes: Int?
    /// Why there is no request.
    let problem: String?
    /// The files of the message, and what becomes of them there.
    let attachments: [SampleFile]
    /// What its reader sees; nil when it cannot be rendered.
    let content: RenderedContent?
    /// What its reader sees beside it.
    let head: Head

    private enum CodingKeys: String, CodingKey {
        case channel, contact, locale, why, isNext, sms, telegram, isCut, envelope, request, bytes, problem,
            attachments
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
        head = Head(draft.edition.announcement, shown, channel.channel.face)
        let isSkipped = shown.delivery.plan != .queued
        let message = isSkipped ? nil : draft.message(over: channel.channel, for: shown.contact)
        content = message?.content
        attachments = content.map(SampleFile.all) ?? []
        sms = message?.sms.map(SMS.init)
        telegram = content.flatMap { Telegram($0, limits: channel.facts.traits.limits) }
        isCut = message?.isCut ?? false
        let wire: WireRequest?
        (wire, problem) = draft.wire(for: shown, over: channel.channel, key: key)
        let redactor = channel.channel.route.redactor
        (envelope, bytes) = (wire?.envelope, wire?.size)
        request = wire?.exact(redactor: redactor)
        isShort = wire?.isShortened ?? false
        readable = wire?.preview(redactor: redactor)
        isIndented = wire?.isIndentedInPreview ?? false
    }

    /// For people: a heading, then the request.
    var text: String {
        let name = head.name.isEmpty ? "" : " (\(Plain.text(head.name, limit: 60)))"
        var facts = [(contact.map { "to \(Plain.text($0))\(name)" } ?? "(public)"), locale]
        if let sms {
            facts += [
                sms.encoding, "\(sms.units) units", CountText.text(sms.segments, "segment", "segments"),
            ]
        }
        if why.contains(.longest) { facts.append("the longest") }
        if isCut { facts.append("cut with a link") }
        if isNext { facts.append("if the one before fails") }
        if let bytes, bytes > 0 {
            facts.append("\(CountText.grouped(bytes)) bytes" + (isIndented ? ", indented here" : ""))
        }
        let notes = [sms?.note].compactMap(\.self) + attachments.map { Plain.text($0.text, limit: 500) }
        let lines =
            [Paragraph.hanging("── ", "\(channel) \(facts.joined(separator: ", "))")]
            + notes.map { Paragraph.hanging("   ", $0) }
        return lines.joined(separator: "\n") + "\n" + Plain.lines(readable ?? "(\(problem ?? "no request"))")
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

    /// The request, or why there is none.
    fileprivate func wire(
        for shown: Showcase.Shown, over channel: any Channel, key: String
    ) -> (WireRequest?, String?) {
        if case .skipped(let reason) = shown.delivery.plan { return (nil, "not sent: \(reason.rawValue)") }
        do throws(Fault) {
            return (try request(for: shown, over: channel, key: key), nil)
        } catch {
            return (nil, error.detail)
        }
    }

    private func request(
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
