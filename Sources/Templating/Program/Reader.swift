public import Broadcast
public import Foundation
import Synchronization

/// What a text may say about the announcement it belongs to.
public struct AnnouncementFacts: Sendable, Hashable {
    /// The announcement.
    public var id: Announcement.ID
    /// When it was accepted; `announcement.date` and its like.
    public var date: Date

    /// The facts of one announcement; `date` must be the same for every attempt.
    public init(id: Announcement.ID, date: Date) {
        self.id = id
        self.date = date
    }
}

/// One reader of one text: answers what stands in each slot.
struct Reader: Sendable {
    /// Nil in a public place.
    let contact: Contact?
    let announcement: AnnouncementFacts
    let sender: Sender
    /// The locale of the text.
    let locale: String
    let dates: DateMemo

    /// The clean value; the fallback, or nothing, when there is none.
    func text(of use: SlotUse) -> String {
        let own = CleanText.oneLine(raw(use.slot))
        return own.isEmpty ? use.fallback ?? "" : own
    }

    private func raw(_ slot: Slot) -> String {
        switch slot {
        case .contact(let field): contact.map { text(field, of: $0) } ?? ""
        case .attribute(let name): contact?.attributes[name] ?? ""
        case .announcement(.id): announcement.id.rawValue
        case .announcement(let field):
            dates.text(
                DateMemo.Key(
                    field: field, date: announcement.date, locale: dateLocale,
                    timezone: contact?.timezone ?? sender.timezone))
        }
    }

    private func text(_ field: ContactField, of contact: Contact) -> String {
        switch field {
        case .id: contact.id.rawValue
        case .name: contact.name
        case .email: contact.addresses[.email]?.value ?? ""
        case .phone: contact.addresses[.phone]?.value ?? ""
        case .telegram: contact.addresses[.telegram]?.value ?? ""
        case .locale: contact.locale ?? sender.locale
        case .timezone: contact.timezone ?? sender.timezone
        case .tags: contact.tags.joined(separator: ", ")
        }
    }

    /// The reader's own locale where it speaks the language of the text (en-GB writes dates other than en-US).
    private var dateLocale: String {
        guard let own = contact?.locale, LocaleTag(own)?.language == LocaleTag(locale)?.language else {
            return locale
        }
        return own
    }
}

/// Remembers dates as text: of one announcement there are as many as readers have zones and locales.
final class DateMemo: Sendable {
    struct Key: Hashable, Sendable {
        var field: AnnouncementField
        var date: Date
        var locale: String
        var timezone: String
    }

    /// Beyond this many, texts are made anew each time, so that nobody's list can fill the memory.
    private static let capacity = 4_096

    private let texts = Mutex<[Key: String]>([:])

    /// The date as its field has it.
    func text(_ key: Key) -> String {
        if let known = texts.withLock({ $0[key] }) { return known }
        let made = Self.formatted(key)
        texts.withLock { texts in
            if texts.count < Self.capacity { texts[key] = made }
        }
        return made
    }

    private static func formatted(_ key: Key) -> String {
        var zone = TimeZone(identifier: key.timezone) ?? .gmt
        if key.field == .sentAt { zone = .gmt }
        let locale = Locale(identifier: key.locale)
        return switch key.field {
        case .id: ""
        case .sentAt: key.date.formatted(.iso8601)
        case .date:
            key.date.formatted(Date.FormatStyle(date: .long, time: .omitted, locale: locale, timeZone: zone))
        case .time:
            key.date.formatted(
                Date.FormatStyle(date: .omitted, time: .shortened, locale: locale, timeZone: zone))
        }
    }
}
