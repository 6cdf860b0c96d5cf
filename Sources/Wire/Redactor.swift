/// Takes a channel's secrets out of every text that people or logs may see.
public struct Redactor: Sendable {
    /// What stands where a secret stood.
    public static let placeholder = "[secret]"

    /// Every form in which a secret may appear, longest first.
    private let needles: [String]

    /// Hides the given secrets, and what else a channel derives from them (such as a Basic header's text).
    public init(_ secrets: [Secret], derived: [String] = []) {
        let values = secrets.map { $0.reveal() } + derived
        needles = Set(values.filter { !$0.isEmpty }).sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
    }

    /// Hides nothing.
    public static let none = Redactor([])

    /// `text` without any secret.
    public func redacted(_ text: String) -> String {
        needles.reduce(text) { $0.replacing($1, with: Self.placeholder) }
    }
}
