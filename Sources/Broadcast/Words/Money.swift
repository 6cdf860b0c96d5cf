public import Foundation

/// An amount in one currency, such as the price of one SMS segment.
public struct Money: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The amount in units of the currency.
    public let amount: Decimal
    /// ISO 4217, such as `EUR`.
    public let currency: String

    /// An amount; `currency` is three capital letters.
    public init(_ amount: Decimal, _ currency: String) {
        self.amount = amount
        self.currency = currency
    }

    /// Reads `0.045 EUR`, `50EUR` or `50 eur`; nil for anything else, for negative amounts and for commas.
    public init?(parsing text: String) {
        guard let match = text.wholeMatch(of: /([0-9]{1,12}(?:\.[0-9]{1,8})?) ?([A-Za-z]{3})/),
            let amount = Decimal(string: String(match.1), locale: Locale(identifier: "en_US_POSIX"))
        else { return nil }
        self.init(amount, match.2.uppercased())
    }

    /// Such as `0.045 EUR`.
    public var description: String { "\(amount) \(currency)" }
}
