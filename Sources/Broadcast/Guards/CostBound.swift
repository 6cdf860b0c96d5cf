public import Foundation

/// Holds an announcement to its bound while its people move on to channels that have a price.
public struct CostBound: Sendable, Hashable {
    /// The most it may cost.
    public let limit: Money
    /// What was planned, and what moving on has added since; what is refused stays counted, as it may be charged.
    public private(set) var spent: Decimal

    /// A bound of which so much has been used up, in its own currency.
    public init(_ limit: Money, spent: Decimal = 0) {
        self.limit = limit
        self.spent = spent
    }

    /// Whether so much more may be spent, which is counted then; what is free always may, another currency never.
    public mutating func admits(_ cost: Money) -> Bool {
        if cost.amount == 0 { return true }
        guard cost.currency == limit.currency, spent + cost.amount <= limit.amount else { return false }
        spent += cost.amount
        return true
    }

    /// For how many messages of such a cost there is money, up to `count`, which is counted then.
    public mutating func admits(_ count: Int, of cost: Money) -> Int {
        if cost.amount == 0 { return count }
        guard cost.currency == limit.currency else { return 0 }
        let room = limit.amount - spent
        let fits = { (count: Int) in cost.amount * Decimal(count) <= room }
        var admitted = count
        if !fits(count) {
            admitted = max(0, NSDecimalNumber(decimal: room / cost.amount).intValue)
            // A quotient may lack a rounding error.
            while admitted > 0, !fits(admitted) { admitted -= 1 }
            while admitted < count, fits(admitted + 1) { admitted += 1 }
        }
        spent += cost.amount * Decimal(admitted)
        return admitted
    }
}
