import Broadcast

/// One reader of one text: answers what stands in each slot.
struct Reader: Sendable {
    /// Nil in a public place.
    let contact: Contact?
    let announcement: AnnouncementFacts
    let sender: Sender
    /// The locale of the text.
    let locale: String
    let texts: LocalTexts
    /// Where the announcement can be read; nil when not configured.
    let page: PageLink?
    /// Whether the text is for an SMS.
    var isShort = false

    /// The clean value; the fallback, or nothing, when there is none.
    func text(of use: SlotUse) -> String {
        let own = CleanText.oneLine(raw(use.slot))
        guard own.isEmpty else { return own }
        guard case .local(.attribute(let name), let field) = use.slot else { return use.fallback ?? "" }
        // What stands for a date is a date; where the reader's own is none, nothing else may pass for it.
        return attribute(name).isEmpty ? local(use.fallback ?? "", field) : ""
    }

    /// Why nothing can stand there, of a value whose text is empty; nil when that is well.
    func fault(of use: SlotUse) -> UnfitValue.Reason? {
        if case .local(.attribute(let name), let field) = use.slot, !attribute(name).isEmpty {
            return .init(missing: field)
        }
        return use.fallback == nil ? .missing : nil
    }

    private func raw(_ slot: Slot) -> String {
        switch slot {
        case .contact(let field): contact.map { text(field, of: $0) } ?? ""
        case .attribute(let name): contact?.attributes[name] ?? ""
        case .announcement(.id): announcement.id.rawValue
        case .announcement(.sentAt): text(.moment(announcement.date), nil)
        case .local(.announcement, let field): text(.moment(announcement.date), field)
        case .local(.given(_, let value), let field): text(value, field)
        case .local(.attribute(let name), let field): local(attribute(name), field)
        case .page: page?.url(of: announcement.id) ?? ""
        }
    }

    private func attribute(_ name: String) -> String { CleanText.oneLine(contact?.attributes[name] ?? "") }

    /// What was typed, as this reader has it; empty when it is not what `field` needs.
    private func local(_ typed: String, _ field: LocalField) -> String {
        guard !typed.isEmpty, let value = texts.value(of: typed, for: field, in: sender.timezone) else {
            return ""
        }
        return text(value, field)
    }

    private func text(_ value: LocalValue, _ field: LocalField?) -> String {
        let zone = contact?.timezone ?? sender.timezone
        return texts.text(
            of: value,
            as: LocalTexts.Wording(field: field, locale: dateLocale, timezone: zone, isShort: isShort))
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

    /// The reader's own locale where it speaks the language of the text (en-GB writes dates other than en-US), else the
    /// sender's where that does; but the text's own where that names a region and the sender's does not.
    private var dateLocale: String {
        let language = LocaleTag(locale)?.language
        let speaks = { (own: String) in LocaleTag(own)?.language == language }
        if let own = contact?.locale, speaks(own) { return own }
        let isLessExact = LocaleTag(sender.locale)?.key == language && LocaleTag(locale)?.key != language
        return speaks(sender.locale) && !isLessExact ? sender.locale : locale
    }
}
