import Broadcast
import Foundation
import Testing

@Suite struct CostBoundTests {
    private static func cents(_ count: Int, _ currency: String = "EUR") -> Money {
        Money(Decimal(count) / 100, currency)
    }

    @Test(arguments: [
        (100, 0, [50, 50, 1, 0], [true, true, false, true]), (100, 95, [10, 5, 1], [false, true, false]),
        (100, 101, [0, 1], [true, false]), (0, 0, [1, 0], [false, true]),
    ])
    func `what would pass the bound is not admitted, and does not count`(
        limit: Int, spent: Int, costs: [Int], admitted: [Bool]
    ) {
        var bound = CostBound(Self.cents(limit), spent: Self.cents(spent).amount)
        var answers: [Bool] = []
        for cost in costs { answers.append(bound.admits(Self.cents(cost))) }
        #expect(answers == admitted)
        let counted = zip(costs, admitted).reduce(spent) { $0 + ($1.1 ? $1.0 : 0) }
        #expect(bound.spent == Self.cents(counted).amount)
    }

    @Test func `another currency cannot be compared, but nothing is free in any`() {
        var bound = CostBound(Self.cents(1000))
        let answers = [bound.admits(Self.cents(1, "USD")), bound.admits(Self.cents(0, "USD"))]
        #expect(answers == [false, true] && bound.spent == 0)
    }
}
