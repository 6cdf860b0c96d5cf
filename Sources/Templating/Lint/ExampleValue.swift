extension SlotUse {
    /// What stands for a value when the length of a text is judged: of the usual length.
    var example: String {
        switch slot {
        case .contact(.id): "100042"
        case .contact(.name): "Maria Rossi"
        case .contact(.email): "maria.rossi@mail.example"
        case .contact(.phone): "+393331234567"
        case .contact(.telegram): "123456789"
        case .contact(.locale): "it-IT"
        case .contact(.timezone): "Europe/Rome"
        case .contact(.tags): "customer, partner"
        case .attribute: "an example"
        case .announcement(.id): "outage-20261201-180000"
        case .announcement(.sentAt): "2026-12-01T17:00:00Z"
        case .local(_, let field): field.example
        case .page: "https://status.example/outage-20261201-180000"
        }
    }
}

extension LocalField {
    fileprivate var example: String {
        switch self {
        case .date: "1 December 2026"
        case .short: "1 Dec 2026"
        case .weekday: "Tuesday"
        case .time: "18:00"
        case .long: "Tuesday, 1 December 2026 at 18:00"
        case .number: "1,234.50"
        }
    }
}
