/// Recognises that a text tells its reader how to hear no more.
enum OptOutWords {
    private static let words = [
        "stop", "unsubscribe", "opt out", "opt-out", "disiscri", "cancella", "abmeld", "désinscri",
        "desinscri", "cancelar", "baja",
    ]

    /// Whether `text` holds one of the usual words.
    static func appear(in text: String) -> Bool {
        let text = text.lowercased()
        return words.contains { text.contains($0) }
    }
}
