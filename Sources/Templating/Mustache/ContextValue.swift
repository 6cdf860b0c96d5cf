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
    /// A problem, however often it stands somewhere: what was given, and what is needed.
    case faulty(String, expected: String)
    /// What `--set` or a default says; a date or a number has further ways to be written.
    case variable(GivenVariable)
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
    /// A date or a number, written as the reader's locale and zone have it.
    case local(LocalSource, LocalField)
    /// The page on which the announcement can be read; only where one is configured.
    case page

    /// How templates call it.
    var name: String {
        switch self {
        case .contact(let field): "contact.\(field.rawValue)"
        case .attribute(let name): "contact.\(name)"
        case .announcement(let field): "announcement.\(field.rawValue)"
        case .local(.announcement, let field): "announcement.\(field.rawValue)"
        case .local(.attribute(let name), let field): "contact.\(name).\(field.rawValue)"
        case .local(.given(let name, _), let field): "\(name).\(field.rawValue)"
        case .page: "links.page"
        }
    }

    /// What it is part of, and whose default stands for it as well; else itself.
    var whole: Slot { if case .local(.attribute(let name), _) = self { .attribute(name) } else { self } }

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
    /// RFC 3339, UTC.
    case sentAt
}

/// What a layout or a webhook body may take over from the text itself.
enum Part: String, Sendable, Hashable, CaseIterable {
    case content, heading, subject, preheader, title, text, html
}

extension ContextValue {
    /// Every full name below this value.
    func names(below prefix: String = "") -> [String] {
        switch self {
        case .object(let members): members.flatMap { $0.value.names(below: prefix + $0.key + ".") }
        case .contact: ContactField.allCases.map { prefix + $0.rawValue }
        case .variable where !prefix.isEmpty:
            [String(prefix.dropLast())] + LocalField.allCases.map { prefix + $0.rawValue }
        default: prefix.isEmpty ? [] : [String(prefix.dropLast())]
        }
    }
}
