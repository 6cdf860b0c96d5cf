import Broadcast

/// One reader of one text: answers what stands in each slot.
struct Reader: Sendable {
    /// Nil in a public place.
    let contact: Contact?
    let announcement: AnnouncementFacts
    let sender: Sender
    /// The locale of the text.
    let locale: String
    let dates: DateMemo
    /// Where the announcement can be read; nil when not configured.
    let page: PageLink?

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
        case .page: page?.url(of: announcement.id) ?? ""
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
