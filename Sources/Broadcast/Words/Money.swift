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

    /// Such as `60.20 EUR`, `0.045 EUR` or `12 JPY`.
    public var description: String { "\(figures) \(currency)" }

    /// The amount alone, with at least the digits of the currency's smallest coin, and never rounded.
    public var figures: String {
        let parts = "\(amount)".split(separator: ".")
        let whole = parts.first.map(String.init) ?? "0"
        var decimals = parts.count > 1 ? String(parts[1]) : ""
        while decimals.last == "0" { decimals.removeLast() }
        let lack = MinorUnit.digits(of: currency) - decimals.utf8.count
        if lack > 0 { decimals += String(repeating: "0", count: lack) }
        return decimals.isEmpty ? whole : "\(whole).\(decimals)"
    }

    /// One amount for each currency, in their order.
    static func sums(_ amounts: some Sequence<Money>) -> [Money] {
        var sums: [String: Decimal] = [:]
        for money in amounts { sums[money.currency, default: 0] += money.amount }
        return sums.sorted { $0.key < $1.key }.map { Money($0.value, $0.key) }
    }
}
