import Broadcast
import Channels
import Foundation
import Templating

/// One message of a preview, as its reader sees it.
struct SampleCard {
    let sample: Sample
    let facts: ChannelFacts
    let number: Int
    /// Whether its picture only has its frame here.
    let isFramed: Bool

    /// Appends it.
    func append(to page: inout Markup) {
        page.element("article") { page in
            page.element("header") { page in
                let whom = sample.contact.map { "to \(sample.head.reader($0))" } ?? "to the public"
                page.element("h3", ["dir": "auto"], text: whom)
                if let address = sample.head.address {
                    page.element("span", ["class": "badge"], text: Plain.text(address))
                }
                page.element("span", ["class": "badge"], text: sample.locale)
                for reason in sample.why.compactMap(\.label) {
                    page.element("span", ["class": "badge"], text: reason)
                }
                if sample.isNext {
                    page.element("span", ["class": "badge"], text: "if the one before fails")
                }
                if sample.isCut { page.element("span", ["class": "badge"], text: "cut with a link") }
            }
            if let problem = sample.problem {
                page.element("p", ["class": "problem"], text: Plain.text(problem, limit: 1000))
            }
            if let content = sample.content { append(content, to: &page) }
            if isFramed {
                page.element(
                    "p", ["class": "counters"],
                    text: "Its picture is left out here, so that a mail can carry this page.")
            }
            FileList(files: sample.attachments).append(to: &page)
            RequestView(sample: sample).append(to: &page)
        }
        page.newLine()
    }

    private func append(_ content: RenderedContent, to page: inout Markup) {
        switch content.form {
        case .email:
            MailView(sample: sample, content: content, number: number, framed: isFramed).append(to: &page)
        case .sms: appendSMS(content, to: &page)
        case .telegram:
            if let length = sample.telegram { append(content, of: length, to: &page) }
        case .webhook: RequestView(sample: sample).appendBody(to: &page)
        }
    }

    private func appendSMS(_ content: RenderedContent, to page: inout Markup) {
        let length = SMSLength(content.plainText)
        let most = facts.traits.limits.segments ?? length.segments
        let room = length.segments > 1 ? length.segments * length.encoding.part : length.encoding.single
        let limit = most > 1 ? most * length.encoding.part : length.encoding.single
        let segments = CountText.text(length.segments, "segment", "segments")
        ChatView(
            sender: sample.head.sender ?? facts.name.rawValue, locale: sample.locale,
            counters: [
                "\(CountText.grouped(length.units)) of \(CountText.grouped(room)) units",
                length.encoding.rawValue.uppercased(),
                "\(segments) of at most \(most)",
            ]
                + [facts.price.map { Money($0.amount * Decimal(length.segments), $0.currency).description }]
                .compactMap(\.self),
            meter: (length.units, limit), text: { $0.text(content.plainText) }
        ).append(to: &page, look: "sms")
        if let note = sample.sms?.note { page.element("p", ["class": "counters"], text: note) }
    }

    private func append(_ content: RenderedContent, of length: Sample.Telegram, to page: inout Markup) {
        ChatView(
            sender: facts.name.rawValue, locale: sample.locale,
            counters: [
                "\(CountText.grouped(length.characters)) of \(CountText.grouped(length.limit)) characters"
            ],
            meter: (length.characters, length.limit),
            text: { page in
                if let image = content.enclosures.image, sample.attachments.first?.way == .photo {
                    page.void("img", ["src": image.shownAddress(framed: isFramed), "alt": image.name])
                }
                TelegramHTML.append(content.plainText, to: &page)
            }
        ).append(to: &page, look: "telegram")
    }
}

extension Showcase.Reason {
    /// What a reader of the page is told; nil where it goes without saying.
    fileprivate var label: String? {
        switch self {
        case .place, .locale: nil
        case .longest: "the longest"
        case .unmade: "cannot be made"
        case .contact: "asked for"
        }
    }
}
