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
}
