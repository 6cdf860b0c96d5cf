/// What a name stands for when a template is compiled: a value that is known already, or a slot that each reader fills.
indirect enum ContextValue: Sendable {
    /// False in a section and empty in a text.
    case null
    case bool(Bool)
    /// True in a section unless it is empty.
    case text(String)
    case list([ContextValue])
    case object([String: ContextValue])
    /// False in a section; a problem in a text, for the reason given.
    case absent(String)
    /// The reader: its fields are slots, and so is every attribute.
    case contact
    case slot(Slot)
    /// What the frame around a text shows of it.
    case part(Part)
}

/// A value that only the reader, or the moment of sending, gives.
enum Slot: Sendable, Hashable {
    case contact(ContactField)
    case attribute(String)
    case announcement(AnnouncementField)
    /// The page on which the announcement can be read; only where one is configured.
    case page

    /// How templates call it.
    var name: String {
        switch self {
        case .contact(let field): "contact.\(field.rawValue)"
        case .attribute(let name): "contact.\(name)"
        case .announcement(let field): "announcement.\(field.rawValue)"
        case .page: "links.page"
        }
    }

    /// The slot behind `contact.NAME`.
    static func ofContact(_ name: String) -> Slot {
        ContactField(rawValue: name).map(Slot.contact) ?? .attribute(name)
    }
}

/// The fields that every contact has, though they may be empty.
enum ContactField: String, Sendable, Hashable, CaseIterable {
    case id, name, email, phone, telegram, locale, timezone
    /// Joined with a comma and a blank.
    case tags
}

/// What is told of an announcement when it is sent.
enum AnnouncementField: String, Sendable, Hashable, CaseIterable {
    case id
    /// The day, as the reader's locale writes it, in the reader's time zone.
    case date
    /// Hours and minutes, in the same way.
    case time
    /// RFC 3339, UTC.
    case sentAt
}

/// What a layout or a webhook body may take over from the text itself.
enum Part: String, Sendable, Hashable, CaseIterable {
    case content, subject, preheader, title, text, html
}
