public import Foundation

/// One entry of the column `suppressed`: `KIND[:EXTENT[:REASON[:SINCE[:SOURCE]]]]`, such as `email:marketing:opt-out`.
///
/// EXTENT is `all` (if absent) or `marketing`; REASON is `manual` (if absent), `opt-out`, `bounce` or `complaint`;
/// SINCE is `20261121T091500Z`, with milliseconds if need be; `%` and `;` in SOURCE are percent-encoded.
public struct SuppressionOrder: Sendable, Hashable {
    /// Which of the contact's addresses.
    public var kind: AddressKind
    /// What is not sent.
    public var extent: Suppression.Extent
    /// Why.
    public var reason: Suppression.Reason
    /// Since when; nil means since it was read.
    public var since: Date?
    /// Who or what said so; nil means the list itself.
    public var source: String?

    /// An order as given.
    public init(
        kind: AddressKind, extent: Suppression.Extent = .all, reason: Suppression.Reason = .manual,
        since: Date? = nil, source: String? = nil
    ) {
        self.kind = kind
        self.extent = extent
        self.reason = reason
        self.since = since
        self.source = source
    }

    /// The order that says the same as `suppression`.
    public init(_ suppression: Suppression) {
        self.init(
            kind: suppression.kind, extent: suppression.extent, reason: suppression.reason,
            since: suppression.since, source: suppression.source)
    }

    /// Reads one entry.
    ///
    /// - Throws: when a part of it is none of the words above, with the nearest one.
    public init(_ entry: String, channels: KnownChannels) throws(ValueProblem) {
        let parts = entry.split(separator: ":", maxSplits: 4, omittingEmptySubsequences: false).map(
            String.init)
        guard let kind = try channels.meaning(of: parts[0]).addressKind else {
            throw Self.problem("\(Excerpt.of(parts[0])) needs no address that could be suppressed")
        }
        self.init(kind: kind)
        if parts.count > 1 { extent = try Self.word(parts[1]) }
        if parts.count > 2 { reason = try Self.word(parts[2]) }
        if parts.count > 3, !parts[3].isEmpty { since = try Self.moment(parts[3]) }
        if parts.count > 4 { source = parts[4].removingPercentEncoding ?? parts[4] }
    }

    /// The suppression it orders, of what the caller names as default source, from `now` on.
    public func suppression(source: String, now: Date) -> Suppression {
        Suppression(
            kind: kind, extent: extent, reason: reason, source: self.source ?? source, since: since ?? now)
    }

    /// The entry that reads back as this order.
    public var entry: String {
        var parts = [kind.rawValue, extent.rawValue, reason.rawValue]
        if since != nil || source != nil { parts.append(since.map(Self.text) ?? "") }
        if let source {
            parts.append(source.addingPercentEncoding(withAllowedCharacters: Self.plain) ?? source)
        }
        return parts.joined(separator: ":")
    }

    private static let plain = CharacterSet(charactersIn: "%;").union(.controlCharacters).inverted
    private static let format = Date.ISO8601FormatStyle(
        dateSeparator: .omitted, dateTimeSeparator: .standard, timeSeparator: .omitted,
        timeZoneSeparator: .omitted,
        includingFractionalSeconds: true, timeZone: .gmt)
    private static let wholeSeconds = Date.ISO8601FormatStyle(
        dateSeparator: .omitted, dateTimeSeparator: .standard, timeSeparator: .omitted,
        timeZoneSeparator: .omitted,
        includingFractionalSeconds: false, timeZone: .gmt)

    private static func text(_ moment: Date) -> String {
        // A quarter of a millisecond more, because the format cuts what a binary fraction falls short of.
        (moment + 0.00025).formatted(format)
    }

    private static func moment(_ text: String) throws(ValueProblem) -> Date {
        let read = (try? Date(text, strategy: format)) ?? (try? Date(text, strategy: wholeSeconds))
        guard let read else {
            throw ValueProblem(
                .malformed, "\(Excerpt.of(text)) is no moment", expected: "one such as 20261121T091500Z")
        }
        return Date(timeIntervalSince1970: (read.timeIntervalSince1970 * 1000).rounded() / 1000)
    }

    private static func word<Word: RawRepresentable & CaseIterable>(_ text: String) throws(ValueProblem)
        -> Word
    where Word.RawValue == String {
        if let word = Word(rawValue: text) { return word }
        let words = Word.allCases.map(\.rawValue)
        throw ValueProblem(
            .unknown, "\(Excerpt.of(text)) is not understood",
            expected: "one of \(words.joined(separator: ", "))",
            nearest: NearestName.of(text, in: words))
    }

    private static func problem(_ reason: String) -> ValueProblem {
        ValueProblem(
            .unsuitable, reason, expected: "email, phone or telegram, such as email:marketing:opt-out")
    }
}
