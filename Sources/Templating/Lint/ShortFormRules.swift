public import Broadcast
import Foundation

/// What an SMS costs more than its words need.
public struct ShortFormRules: Sendable {
    /// Of one segment; nil when nobody says what it costs.
    public let price: Money?
    /// Whether typographic characters are rewritten where that keeps an SMS short.
    public let transliterates: Bool

    /// The rules where a segment costs `price`, and an SMS is sent as it stands unless it `transliterates`.
    public init(price: Money? = nil, transliterates: Bool = true) {
        self.price = price
        self.transliterates = transliterates
    }

    /// `text` is the short form with example values; `place` tells where a character stands.
    func findings(_ text: String, place: (String) -> Place) -> [TemplateProblem] {
        let fitting = SMSFitting(text, transliterates: transliterates)
        let costly = fitting.length.costly
        guard let first = costly.first, !isOtherScript(text, costly) else { return [] }
        // As soon as they cost something they are rewritten.
        if transliterates, SMSFitting.canSpell(costly) { return [] }
        let plain = String(
            String.UnicodeScalarView(fitting.text.unicodeScalars.map { costly.contains($0) ? "x" : $0 }))
        let (now, then) = (fitting.length.segments, SMSLength(plain).segments)
        let shown = costly.prefix(8).map { $0.isSeen ? "“\($0)”" : $0.code }.joined(separator: ", ")
        let what =
            "\(shown)\(costly.count > 8 ? " and others are" : costly.count > 1 ? " are" : " is") not in the "
            + "alphabet of SMS, so that a segment holds 70 characters instead of 160: \(cost(now, then)) "
            + "with example values; write the short form without"
        return [TemplateProblem(.charactersCostly, place(String(first)), what)]
    }

    private func cost(_ now: Int, _ then: Int) -> String {
        let segments = { (count: Int) in "\(count) segment\(count == 1 ? "" : "s")" }
        guard now > then else { return "\(segments(now)) either way" }
        guard let price else { return "\(segments(now)) instead of \(then)" }
        let total = { (count: Int) in Money(price.amount * Decimal(count), price.currency).description }
        return "\(segments(now)) instead of \(then), \(total(now)) instead of \(total(then)),"
    }

    /// Where most letters are in none of ours, no other spelling would help.
    private func isOtherScript(_ text: String, _ costly: [Unicode.Scalar]) -> Bool {
        let letters = text.unicodeScalars.filter(\.properties.isAlphabetic)
        return letters.count { costly.contains($0) } * 2 > letters.count
    }
}

extension Unicode.Scalar {
    /// How it is named where it cannot be shown, such as `U+200B`.
    var code: String {
        let digits = String(value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// Whether it shows by itself.
    fileprivate var isSeen: Bool {
        switch properties.generalCategory {
        case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator, .nonspacingMark,
            .enclosingMark, .privateUse, .surrogate, .unassigned:
            false
        default: true
        }
    }
}
